// The keyring's directory on a real file system: folders 0700, files 0400, all owned by this
// process's user.
//
// The owner holds a lock on the directory for as long as it lives, so that two servers cannot share
// one keyring; a reader (an operator's command beside a running server) takes no lock and changes
// nothing.
#pragma once

#include "keyring/key_disk.hpp"

#include <filesystem>

namespace atalaya::keyring {

enum class Access { owner, reader };

class PosixKeyDisk final : public KeyDisk {
  public:
    /// An owner makes the directory when it is missing. Throws KeyringRefused for wrong modes or
    /// owners, and when another process owns it.
    PosixKeyDisk(const std::filesystem::path& directory, Access access);
    ~PosixKeyDisk() override;
    PosixKeyDisk(const PosixKeyDisk&) = delete;
    PosixKeyDisk& operator=(const PosixKeyDisk&) = delete;

    std::string name() const override { return directory_; }
    bool writable() const override { return access_ == Access::owner; }
    std::vector<std::string> list(const std::string& folder) override;
    std::optional<Bytes> read(const std::string& path) override;
    void make_folder(const std::string& folder) override;
    void write(const std::string& path, BytesView content) override;
    void sync_file(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& path) override;
    void sync_folder(const std::string& folder) override;

  private:
    void check_trusted(int file, const std::string& path, bool folder) const;

    std::string directory_;
    Access access_;
    int root_ = -1;
};

} // namespace atalaya::keyring
