#include "db/disk_reserve.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace atalaya::db {
namespace {

constexpr std::chrono::seconds look_interval{1};

/// No bytes where the disk cannot be asked: then it is treated as full.
std::uint64_t free_bytes_of(const std::filesystem::path& directory) {
    struct statvfs disk {};
    return statvfs(directory.c_str(), &disk) == 0 ? disk.f_bavail * disk.f_frsize : 0;
}

DiskReserveOptions with_defaults(DiskReserveOptions options) {
    if (!options.free_bytes) {
        options.free_bytes = [directory = options.file.parent_path()] {
            return free_bytes_of(directory);
        };
    }
    return options;
}

} // namespace

DiskReserve::DiskReserve(DiskReserveOptions options)
    : options_(with_defaults(std::move(options))),
      task_("disk not looked at", look_interval, [this](std::stop_token) {
          look();
          return false;
      }) {
    std::error_code absent;
    held_ = std::filesystem::file_size(options_.file, absent) == options_.reserve_bytes && !absent;
}

void DiskReserve::start() {
    look();
    task_.start();
}

void DiskReserve::look() {
    const std::uint64_t free = options_.free_bytes();
    const std::uint64_t plenty = 2 * options_.low_bytes + (held_ ? 0 : options_.reserve_bytes);
    const bool low = free < (low_ ? plenty : options_.low_bytes);
    if (low && held_)
        give_back();
    if (!low && !held_ && free >= plenty)
        hold();
    if (low == low_)
        return;
    low_ = low;
    const std::string megabytes = std::to_string(free / 1'000'000);
    if (low)
        log::error("disk low, changes are refused", {{"free_mb", megabytes}});
    else
        log::info("disk has room, changes are taken again", {{"free_mb", megabytes}});
}

void DiskReserve::hold() {
    const int file = open(options_.file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return log::error("disk reserve not made", {{"reason", std::strerror(errno)}});
    const int failure = posix_fallocate(file, 0, static_cast<off_t>(options_.reserve_bytes));
    close(file);
    held_ = failure == 0;
    if (!held_)
        give_back();
}

void DiskReserve::give_back() {
    std::error_code ignored;
    std::filesystem::remove(options_.file, ignored);
    held_ = false;
}

} // namespace atalaya::db
