// The seam to one directory of the disk, as the spool needs it: whole files come into being at
// once, grow at the end, and go.
//
// Used by one thread at a time. A disk that refuses (full, broken) says false; the file is then as
// it was before.
#pragma once

#include "base/bytes.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::agent {

class Disk {
  public:
    virtual ~Disk() = default;
    /// Names of the files, sorted.
    virtual std::vector<std::string> list() = 0;
    virtual std::optional<Bytes> read(const std::string& name) = 0;
    /// Durable when it returns true; after a crash the file is there whole or not at all.
    virtual bool create(const std::string& name, BytesView content) = 0;
    /// Survives the end of the program at once, the loss of power only after sync().
    virtual bool append(const std::string& name, BytesView bytes) = 0;
    virtual bool sync(const std::string& name) = 0;
    virtual bool truncate(const std::string& name, std::size_t size) = 0;
    virtual void remove(const std::string& name) = 0;
};

/// A real directory, made when it is missing (0700), locked against a second agent. It is found
/// once and then held, so the way to it may be closed to the user that the agent becomes. The
/// constructor throws std::runtime_error with one clear line.
class PosixDisk final : public Disk {
  public:
    explicit PosixDisk(const std::filesystem::path& directory);
    ~PosixDisk() override;
    PosixDisk(const PosixDisk&) = delete;
    PosixDisk& operator=(const PosixDisk&) = delete;

    std::vector<std::string> list() override;
    std::optional<Bytes> read(const std::string& name) override;
    bool create(const std::string& name, BytesView content) override;
    bool append(const std::string& name, BytesView bytes) override;
    bool sync(const std::string& name) override;
    bool truncate(const std::string& name, std::size_t size) override;
    void remove(const std::string& name) override;

    /// For giving the directory to another user; stays the disk's.
    int descriptor() const { return directory_; }

  private:
    /// The file that grows stays open; at most one does.
    int open_for_append(const std::string& name);
    void close_appended();

    int directory_ = -1;
    int appended_ = -1;
    std::string appended_name_;
};

} // namespace atalaya::agent
