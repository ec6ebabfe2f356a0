// The agent's configuration: one TOML file, every key known, every fault refused with file and
// line.
//
// Read once at the start by the main thread; throws std::runtime_error with one clear line.
#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace atalaya::agent {

struct Config {
    std::string server{};               ///< https://host[:port]
    Secret token{};                     ///< sha_...
    std::filesystem::path token_file{}; ///< instead of `token`
    std::filesystem::path ca{};         ///< PEM; empty with a pin, or for the system's authorities
    std::string pin{};                  ///< base64 of the SHA-256 of the server's public key
    std::filesystem::path spool_dir{};
    std::uint64_t spool_bytes_max = 64 << 20;
    std::chrono::seconds interval{10};
    std::string user{}; ///< to become when started as root
};

/// `file` is for messages only.
Config parse_config(std::string_view text, std::string_view file);
/// Reads the file, and the token's file when it names one.
Config load_config(const std::filesystem::path& file);

} // namespace atalaya::agent
