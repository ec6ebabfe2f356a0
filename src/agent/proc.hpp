// The kernel's texts as numbers. Pure functions; any thread. A line that does not look as the
// kernel writes it is passed over: counters that are missing become gaps, never zeros.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::agent::proc {

inline constexpr std::array<std::string_view, 8> cpu_modes{"user",   "nice", "system",  "idle",
                                                           "iowait", "irq",  "softirq", "steal"};

/// /proc/stat
struct Stat {
    std::array<std::uint64_t, cpu_modes.size()> cpu_ticks{}; ///< in the order of cpu_modes
    std::uint64_t cores = 0;
    std::uint64_t boot_time_s = 0;
    std::uint64_t running = 0;
    std::uint64_t blocked = 0;
};
/// Nothing without the line of all CPUs.
std::optional<Stat> parse_stat(std::string_view text);

/// /proc/meminfo, in bytes. Kernels without MemAvailable are older than what we support.
struct Memory {
    std::uint64_t total = 0, free = 0, available = 0, buffers = 0;
    std::uint64_t cached = 0; ///< with reclaimable slab, as free(1) counts
    std::uint64_t swap_total = 0, swap_free = 0;
};
std::optional<Memory> parse_meminfo(std::string_view text);

/// /proc/loadavg
struct Load {
    std::array<double, 3> average{}; ///< 1, 5 and 15 minutes
    std::uint64_t tasks = 0;
};
std::optional<Load> parse_loadavg(std::string_view text);

/// /proc/diskstats: whole disks; no partitions, loop, RAM, optical or floppy devices.
struct Disk {
    std::string name;
    std::uint64_t reads = 0, bytes_read = 0, writes = 0, bytes_written = 0, busy_ms = 0;
};
std::vector<Disk> parse_diskstats(std::string_view text);

/// /proc/net/dev: no loopback and none of the interfaces that containers come and go with.
struct Interface {
    std::string name;
    std::uint64_t bytes_in = 0, errors_in = 0, bytes_out = 0, errors_out = 0;
};
std::vector<Interface> parse_net_dev(std::string_view text);

/// /proc/uptime, in seconds
std::optional<double> parse_uptime(std::string_view text);

/// /proc/self/mounts: where filesystems of the policy are, each source once.
std::vector<std::string> parse_mounts(std::string_view text);

/// PRETTY_NAME of /etc/os-release; empty when it is not there.
std::string parse_os_release(std::string_view text);

} // namespace atalaya::agent::proc
