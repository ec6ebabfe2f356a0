// Starting programs as another user: for postgres*.cpp, and for a program that becomes one itself.
//
// Any thread, but a child with `dies_with_us` ends when the *thread* that started it ends.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace atalaya::db {

/// Whom PostgreSQL runs as.
struct Account {
    uid_t uid;
    gid_t gid;
    std::string name;
    bool drop; ///< we are root and must become it
};

/// Ourselves, or the unprivileged user when we are root; nullopt when there is no such user.
std::optional<Account> find_account(const std::string& unprivileged_user);
/// The name of our own user; nullopt for a uid without an entry.
std::optional<std::string> find_own_name();

/// Starts `arguments[0]` with both outputs going to `output`. Throws std::system_error if there is
/// no process to be had; a program that cannot be executed ends with 127.
pid_t spawn(const std::vector<std::string>& arguments, const Account& account, int output,
            const std::filesystem::path& working_directory, bool dies_with_us);

/// Runs to the end. The exit status (128 + signal for a killed one) and what it wrote.
struct Finished {
    int status;
    std::string output;
};
Finished run(const std::vector<std::string>& arguments, const Account& account);

} // namespace atalaya::db
