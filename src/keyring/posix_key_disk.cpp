#include "keyring/posix_key_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace atalaya::keyring {

namespace {

[[noreturn]] void fail(const std::string& action, const std::string& path) {
    throw std::system_error(errno, std::generic_category(),
                            "keyring: cannot " + action + " " + path);
}

/// Closes a descriptor when the scope ends.
class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

const char* here_if_empty(const std::string& folder) {
    return folder.empty() ? "." : folder.c_str();
}

} // namespace

PosixKeyDisk::PosixKeyDisk(const std::filesystem::path& directory, Access access)
    : directory_(directory.string()), access_(access) {
    if (access == Access::owner) {
        if (::mkdir(directory_.c_str(), 0700) == 0) {
            // The name of the directory itself must survive as well.
            const std::filesystem::path parent = std::filesystem::absolute(directory).parent_path();
            const File above(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            if (!above || ::fsync(above.get()) != 0) {
                fail("sync", parent.string());
            }
        } else if (errno != EEXIST) {
            fail("make", directory_);
        }
    }
    root_ = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root_ < 0) {
        fail("open", directory_);
    }
    try {
        check_trusted(root_, directory_, true);
        if (access == Access::owner && ::flock(root_, LOCK_EX | LOCK_NB) != 0) {
            throw KeyringRefused("keyring " + directory_ + " is in use by another process");
        }
    } catch (...) {
        ::close(root_);
        throw;
    }
}

PosixKeyDisk::~PosixKeyDisk() { ::close(root_); }

void PosixKeyDisk::check_trusted(int file, const std::string& path, bool folder) const {
    struct stat status {};
    if (::fstat(file, &status) != 0) {
        fail("look at", path);
    }
    const bool right_kind = folder ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode);
    if (!right_kind || status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
        throw KeyringRefused("keyring " + directory_ + ": " + path + " must be a " +
                             (folder ? "folder of mode 0700" : "file of mode 0400") +
                             " owned by uid " + std::to_string(::geteuid()));
    }
}

std::vector<std::string> PosixKeyDisk::list(const std::string& folder) {
    const std::filesystem::path path = std::filesystem::path(directory_) / folder;
    std::vector<std::string> out;
    if (std::filesystem::exists(path)) {
        const File opened(
            ::openat(root_, here_if_empty(folder), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (!opened) {
            fail("open", path.string());
        }
        check_trusted(opened.get(), path.string(), true);
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            out.push_back(entry.path().filename().string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<Bytes> PosixKeyDisk::read(const std::string& path) {
    // Not blocking: somebody's FIFO in the place of a key must not hang the start.
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const File file(::openat(root_, path.c_str(), flags));
    if (!file) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        fail("open", path);
    }
    check_trusted(file.get(), path, false);
    Bytes out(1024); // no file of a keyring is nearly as long
    std::size_t size = 0;
    while (size < out.size()) {
        const ssize_t got = ::read(file.get(), out.data() + size, out.size() - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            fail("read", path);
        }
        if (got == 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    out.resize(size);
    return out;
}

void PosixKeyDisk::make_folder(const std::string& folder) {
    if (::mkdirat(root_, folder.c_str(), 0700) != 0 && errno != EEXIST) {
        fail("make", folder);
    }
}

void PosixKeyDisk::write(const std::string& path, BytesView content) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const File file(::openat(root_, path.c_str(), flags, 0400));
    if (!file) {
        fail("create", path);
    }
    while (!content.empty()) {
        const ssize_t put = ::write(file.get(), content.data(), content.size());
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            fail("write", path);
        }
        content = content.subspan(static_cast<std::size_t>(put));
    }
}

void PosixKeyDisk::sync_file(const std::string& path) {
    const File file(::openat(root_, path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) {
        fail("sync", path);
    }
}

void PosixKeyDisk::rename(const std::string& from, const std::string& to) {
    if (::renameat(root_, from.c_str(), root_, to.c_str()) != 0) {
        fail("rename", from);
    }
}

void PosixKeyDisk::remove(const std::string& path) {
    if (::unlinkat(root_, path.c_str(), 0) != 0 && errno != ENOENT) {
        fail("remove", path);
    }
}

void PosixKeyDisk::sync_folder(const std::string& folder) {
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const File file(::openat(root_, here_if_empty(folder), flags));
    if (!file || ::fsync(file.get()) != 0) {
        fail("sync", folder);
    }
}

} // namespace atalaya::keyring
