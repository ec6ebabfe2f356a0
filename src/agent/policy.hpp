// What the agent may touch, as data compiled into it. Nothing that a server, a file or the
// environment says can add a line.
//
// The table is what `prove` prints and what its hash is made of: an agent with other rights has
// another policy_hash, and the server sees it in the host facts. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace atalaya::agent {

/// The files the agent reads of its host; the order is that of `policy_files`.
enum class HostFile : std::size_t {
    stat,
    meminfo,
    loadavg,
    diskstats,
    net_dev,
    uptime,
    mounts,
    hostname,
    kernel,
    os_release,
};

struct PolicyFile {
    HostFile file;
    std::string_view path;
    std::string_view reason;
};

inline constexpr std::array policy_files{
    PolicyFile{HostFile::stat, "/proc/stat", "CPU time by mode, running tasks, boot time"},
    PolicyFile{HostFile::meminfo, "/proc/meminfo", "memory and swap"},
    PolicyFile{HostFile::loadavg, "/proc/loadavg", "load and number of tasks"},
    PolicyFile{HostFile::diskstats, "/proc/diskstats", "reads and writes of disks"},
    PolicyFile{HostFile::net_dev, "/proc/net/dev", "bytes and errors of network interfaces"},
    PolicyFile{HostFile::uptime, "/proc/uptime", "time since boot"},
    PolicyFile{HostFile::mounts, "/proc/self/mounts", "which filesystems to measure"},
    PolicyFile{HostFile::hostname, "/proc/sys/kernel/hostname", "name of the host"},
    PolicyFile{HostFile::kernel, "/proc/sys/kernel/osrelease", "version of the kernel"},
    PolicyFile{HostFile::os_release, "/etc/os-release", "name of the operating system"},
};

/// Filesystems that are measured by statvfs: local ones only, because a dead network mount would
/// stop the agent. An overlay counts only as the root of a container.
inline constexpr std::array<std::string_view, 17> policy_filesystems{
    "ext2",     "ext3", "ext4",  "xfs",  "btrfs", "zfs",     "f2fs",    "jfs", "reiserfs",
    "bcachefs", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "hfsplus", "ufs",
};
inline constexpr std::string_view policy_root_filesystem = "overlay";

/// No series family grows beyond this, whatever the host has plugged in.
inline constexpr std::size_t devices_max = 32;

constexpr std::string_view path_of(HostFile file) {
    return policy_files[static_cast<std::size_t>(file)].path;
}

/// The whole policy as text, one line for each right.
std::string policy_text();
/// SHA-256 of policy_text, in hex.
std::string policy_hash();

} // namespace atalaya::agent
