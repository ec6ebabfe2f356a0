// The files of our PostgreSQL: directories, cluster, configuration. Used by postgres.cpp only, on
// the thread that starts it. What cannot be done throws StartRefused.
#pragma once

#include "db/postgres.hpp"
#include "db/process.hpp"

#include <filesystem>

namespace atalaya::db {

/// Makes the directories and, if there is none, the cluster; writes the configuration anew.
void prepare_files(const PostgresOptions& options, const Account& account,
                   const std::filesystem::path& socket_dir);

/// Holds the directory for this process; throws StartRefused when another has it. Gives the open
/// descriptor.
int lock_directory(const std::filesystem::path& directory);

/// The log that the child appends to, as an open descriptor; a large old one is set aside.
int open_log(const std::filesystem::path& directory);

/// The last line of the log that says why PostgreSQL ended, or all it said last.
std::string last_words(const std::filesystem::path& directory);

} // namespace atalaya::db
