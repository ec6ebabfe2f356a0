// The seam to the machine: the only questions the agent can ask it. Tests answer from texts.
//
// Used by one thread. A question without an answer gives nothing; the series is then absent, and
// the agent goes on.
#pragma once

#include "agent/policy.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::agent {

struct FilesystemUse {
    std::uint64_t bytes_total = 0;
    std::uint64_t bytes_free = 0;     ///< for anybody but root, as df counts
    std::uint64_t bytes_reserved = 0; ///< free, but for root only
    std::uint64_t inodes_total = 0;
    std::uint64_t inodes_free = 0;
};

class Host {
  public:
    virtual ~Host() = default;
    /// The whole text of one of the compiled-in files; nothing when it cannot be read.
    virtual std::optional<std::string> read(HostFile file) = 0;
    virtual std::optional<FilesystemUse> measure_filesystem(const std::string& mount) = 0;
    /// Own addresses, canonical text, without loopback and link-local ones; sorted.
    virtual std::vector<std::string> list_addresses() = 0;
    /// "x86_64"
    virtual std::string architecture() = 0;
};

/// The kernel's own answers. All files are opened once, at the start: afterwards the agent needs no
/// right to open any (confinement.hpp).
class LinuxHost final : public Host {
  public:
    LinuxHost();
    ~LinuxHost() override;
    LinuxHost(const LinuxHost&) = delete;
    LinuxHost& operator=(const LinuxHost&) = delete;

    std::optional<std::string> read(HostFile file) override;
    std::optional<FilesystemUse> measure_filesystem(const std::string& mount) override;
    std::vector<std::string> list_addresses() override;
    std::string architecture() override;

  private:
    std::array<int, policy_files.size()> files_; ///< -1 where the host has no such file
};

} // namespace atalaya::agent
