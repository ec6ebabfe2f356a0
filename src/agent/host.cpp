#include "agent/host.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace atalaya::agent {

namespace {

/// No file of the policy comes near it; a bound all the same, because files in /proc have no size.
constexpr std::size_t file_bytes_max = 1 << 20;

std::string text_of(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    } else if (address->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
        if (!IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
            inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    }
    return text.data();
}

} // namespace

LinuxHost::LinuxHost() {
    for (const PolicyFile& file : policy_files)
        files_[static_cast<std::size_t>(file.file)] =
            ::open(file.path.data(), O_RDONLY | O_CLOEXEC);
}

LinuxHost::~LinuxHost() {
    for (const int fd : files_) {
        if (fd >= 0)
            ::close(fd);
    }
}

std::optional<std::string> LinuxHost::read(HostFile file) {
    const int fd = files_[static_cast<std::size_t>(file)];
    std::string text;
    std::array<char, 4096> chunk;
    while (fd >= 0 && text.size() < file_bytes_max) {
        const ssize_t size =
            ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(text.size()));
        if (size < 0)
            return std::nullopt;
        if (size == 0)
            return text;
        text.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return std::nullopt;
}

std::optional<FilesystemUse> LinuxHost::measure_filesystem(const std::string& mount) {
    struct statvfs space {};
    if (::statvfs(mount.c_str(), &space) != 0 || space.f_blocks == 0)
        return std::nullopt;
    return FilesystemUse{.bytes_total = space.f_blocks * space.f_frsize,
                         .bytes_free = space.f_bavail * space.f_frsize,
                         .bytes_reserved = (space.f_bfree - space.f_bavail) * space.f_frsize,
                         .inodes_total = space.f_files,
                         .inodes_free = space.f_ffree};
}

std::vector<std::string> LinuxHost::list_addresses() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    std::vector<std::string> out;
    for (const ifaddrs* entry = first; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr || (entry->ifa_flags & IFF_LOOPBACK) || !(entry->ifa_flags & IFF_UP))
            continue;
        if (std::string text = text_of(entry->ifa_addr); !text.empty())
            out.push_back(std::move(text));
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

std::string LinuxHost::architecture() {
    utsname name{};
    return ::uname(&name) == 0 ? name.machine : "";
}

} // namespace atalaya::agent
