#include "agent/disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atalaya::agent {

namespace {

constexpr const char* unfinished = "unfinished";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
    throw std::runtime_error("spool directory " + path.string() + ": " + why);
}

bool write_all(int fd, BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(fd, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

} // namespace

PosixDisk::PosixDisk(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory.parent_path(), error);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        refuse(directory, std::strerror(errno));
    directory_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_ < 0)
        refuse(directory, std::strerror(errno));
    if (::flock(directory_, LOCK_EX | LOCK_NB) != 0) {
        ::close(directory_);
        refuse(directory, "another agent uses it");
    }
    ::unlinkat(directory_, unfinished, 0);
}

PosixDisk::~PosixDisk() {
    close_appended();
    ::close(directory_);
}

std::vector<std::string> PosixDisk::list() {
    std::vector<std::string> names;
    const int fd = ::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const entries = fd >= 0 ? ::fdopendir(fd) : nullptr;
    while (const dirent* entry = entries ? ::readdir(entries) : nullptr) {
        if (const std::string name = entry->d_name; name != "." && name != "..")
            names.push_back(name);
    }
    if (entries)
        ::closedir(entries);
    std::ranges::sort(names);
    return names;
}

std::optional<Bytes> PosixDisk::read(const std::string& name) {
    const int fd = ::openat(directory_, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return std::nullopt;
    struct stat status {};
    Bytes content(::fstat(fd, &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0);
    std::size_t have = 0;
    ssize_t size = 0;
    while (have < content.size() &&
           (size = ::read(fd, content.data() + have, content.size() - have)) > 0)
        have += static_cast<std::size_t>(size);
    ::close(fd);
    if (size < 0)
        return std::nullopt;
    content.resize(have);
    return content;
}

bool PosixDisk::create(const std::string& name, BytesView content) {
    close_appended();
    const int fd = ::openat(directory_, unfinished,
                            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    const bool written = write_all(fd, content) && ::fsync(fd) == 0;
    ::close(fd);
    if (!written || ::renameat(directory_, unfinished, directory_, name.c_str()) != 0) {
        ::unlinkat(directory_, unfinished, 0);
        return false;
    }
    return ::fsync(directory_) == 0;
}

bool PosixDisk::append(const std::string& name, BytesView bytes) {
    const int fd = open_for_append(name);
    struct stat before {};
    if (fd < 0 || ::fstat(fd, &before) != 0)
        return false;
    if (write_all(fd, bytes))
        return true;
    // A half record would hide all that come after it. Should even this fail, the next start cuts
    // it off.
    if (::ftruncate(fd, before.st_size) != 0)
        close_appended();
    return false;
}

bool PosixDisk::sync(const std::string& name) {
    const int fd = open_for_append(name);
    return fd >= 0 && ::fdatasync(fd) == 0;
}

bool PosixDisk::truncate(const std::string& name, std::size_t size) {
    const int fd = open_for_append(name);
    return fd >= 0 && ::ftruncate(fd, static_cast<off_t>(size)) == 0 && ::fsync(fd) == 0;
}

void PosixDisk::remove(const std::string& name) {
    if (name == appended_name_)
        close_appended();
    ::unlinkat(directory_, name.c_str(), 0);
}

int PosixDisk::open_for_append(const std::string& name) {
    if (appended_ >= 0 && name == appended_name_)
        return appended_;
    close_appended();
    appended_ = ::openat(directory_, name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    appended_name_ = name;
    return appended_;
}

void PosixDisk::close_appended() {
    if (appended_ >= 0)
        ::close(appended_);
    appended_ = -1;
    appended_name_.clear();
}

} // namespace atalaya::agent
