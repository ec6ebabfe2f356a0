// Small files of the program's own directory. Any thread; each throws std::runtime_error with one
// line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace atalaya::server_program {

std::optional<std::string> read_file(const std::filesystem::path& path);
/// Replaced as a whole, durable on return.
void write_private_file(const std::filesystem::path& path, const std::string& content,
                        unsigned mode = 0600);

} // namespace atalaya::server_program
