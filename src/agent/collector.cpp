#include "agent/collector.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace atalaya::agent {

namespace {

/// Rates are kept to what somebody can read off a chart; the frame codes short decimals in few
/// bytes.
double rounded(double value, double steps_per_unit) {
    return std::round(value * steps_per_unit) / steps_per_unit;
}
constexpr double hundredths = 100;
constexpr double wholes = 1;

double number(std::uint64_t value) { return static_cast<double>(value); }

/// What is in use: the kernel reads total and free one after the other, so free may be the greater.
std::uint64_t used_of(std::uint64_t total, std::uint64_t free) {
    return total > free ? total - free : 0;
}

bool fits(const wire::Label& label) {
    return label.value.size() <= wire::name_bytes_max && is_utf8(label.value);
}

std::string key_of(std::string_view name, const std::vector<wire::Label>& labels) {
    std::string key(name);
    for (const wire::Label& label : labels)
        key.append(1, '\0').append(label.value);
    return key;
}

} // namespace

Tick Collector::collect(std::int64_t time_ms, std::chrono::nanoseconds since_start) {
    now_ = since_start;
    measured_.clear();
    seen_.clear();
    std::optional<proc::Stat> stat;
    if (const auto text = host_.read(HostFile::stat))
        stat = proc::parse_stat(*text);
    if (stat)
        add_cpu(*stat);
    if (const auto text = host_.read(HostFile::meminfo)) {
        if (const auto memory = proc::parse_meminfo(*text))
            add_memory(*memory);
    }
    add_filesystems();
    add_disks();
    add_network();
    add_tasks(stat);
    before_.swap(seen_);
    if (stat)
        cpu_before_ = stat;

    std::ranges::sort(measured_, [](const auto& left, const auto& right) {
        return order(left.first, right.first) < 0;
    });
    Tick tick{.time_ms = time_ms};
    for (auto& [series, value] : measured_) {
        if (!tick.series.empty() && order(tick.series.back(), series) == 0)
            continue; // two filesystems stacked on one mount point: the first is the one that is
                      // seen
        tick.series.push_back(std::move(series));
        tick.values.push_back(value);
    }
    return tick;
}

void Collector::add(std::string_view name, Labels labels, wire::Unit unit, double value) {
    if (!std::ranges::all_of(labels, fits))
        return; // a device or mount whose name nobody could read is no series
    measured_.emplace_back(
        wire::Series{.name = std::string(name), .labels = std::move(labels), .unit = unit}, value);
}

void Collector::add_rate(std::string_view name, Labels labels, wire::Unit unit, std::uint64_t value,
                         double scale, double decimals) {
    const std::string key = key_of(name, labels);
    seen_.insert_or_assign(key, Counter{value, now_});
    double rate = wire::absent();
    if (const auto before = before_.find(key); before != before_.end()) {
        const double seconds = std::chrono::duration<double>(now_ - before->second.at).count();
        if (seconds > 0 && value >= before->second.value)
            rate = rounded(number(value - before->second.value) / seconds * scale, decimals);
    }
    add(name, std::move(labels), unit, rate);
}

void Collector::add_cpu(const proc::Stat& stat) {
    std::array<std::uint64_t, proc::cpu_modes.size()> spent{};
    if (cpu_before_) {
        for (std::size_t mode = 0; mode < spent.size(); ++mode) {
            const std::uint64_t now = stat.cpu_ticks[mode];
            const std::uint64_t then = cpu_before_->cpu_ticks[mode];
            spent[mode] = now > then ? now - then : 0; // iowait is known to run backwards
        }
    }
    const auto total = std::accumulate(spent.begin(), spent.end(), std::uint64_t{0});
    for (std::size_t mode = 0; mode < spent.size(); ++mode) {
        const double percent = total > 0
                                   ? rounded(100 * number(spent[mode]) / number(total), hundredths)
                                   : wire::absent();
        add("cpu_percent", {{"mode", std::string(proc::cpu_modes[mode])}}, wire::Unit::percent,
            percent);
    }
}

void Collector::add_memory(const proc::Memory& memory) {
    const auto bytes = [&](std::string_view name, std::string kind, std::uint64_t value) {
        add(name, {{"kind", std::move(kind)}}, wire::Unit::bytes, number(value));
    };
    const std::uint64_t kept = memory.free + memory.buffers + memory.cached;
    bytes("memory_bytes", "total", memory.total);
    bytes("memory_bytes", "used", used_of(memory.total, kept));
    bytes("memory_bytes", "cached", memory.cached);
    bytes("memory_bytes", "buffers", memory.buffers);
    bytes("memory_bytes", "available", memory.available);
    bytes("memory_bytes", "free", memory.free);
    bytes("swap_bytes", "total", memory.swap_total);
    bytes("swap_bytes", "used", used_of(memory.swap_total, memory.swap_free));
}

void Collector::add_filesystems() {
    const auto text = host_.read(HostFile::mounts);
    if (!text)
        return;
    for (const std::string& mount : proc::parse_mounts(*text)) {
        const auto use = host_.measure_filesystem(mount);
        if (!use)
            continue;
        const auto one = [&](std::string_view name, std::string kind, wire::Unit unit,
                             std::uint64_t value) {
            add(name, {{"kind", std::move(kind)}, {"mount", mount}}, unit, number(value));
        };
        const std::uint64_t free = use->bytes_free + use->bytes_reserved;
        one("filesystem_bytes", "total", wire::Unit::bytes, use->bytes_total);
        one("filesystem_bytes", "used", wire::Unit::bytes, used_of(use->bytes_total, free));
        one("filesystem_bytes", "free", wire::Unit::bytes, use->bytes_free);
        if (use->inodes_total == 0)
            continue; // btrfs and vfat have no table of inodes
        one("filesystem_inodes", "total", wire::Unit::count, use->inodes_total);
        one("filesystem_inodes", "used", wire::Unit::count,
            used_of(use->inodes_total, use->inodes_free));
    }
}

void Collector::add_disks() {
    const auto text = host_.read(HostFile::diskstats);
    if (!text)
        return;
    for (const proc::Disk& disk : proc::parse_diskstats(*text)) {
        const auto rate = [&](std::string_view name, std::string direction, wire::Unit unit,
                              std::uint64_t value, double decimals) {
            add_rate(name, {{"device", disk.name}, {"direction", std::move(direction)}}, unit,
                     value, 1, decimals);
        };
        rate("disk_bytes_per_s", "read", wire::Unit::bytes_per_s, disk.bytes_read, wholes);
        rate("disk_bytes_per_s", "write", wire::Unit::bytes_per_s, disk.bytes_written, wholes);
        rate("disk_ops_per_s", "read", wire::Unit::ops_per_s, disk.reads, hundredths);
        rate("disk_ops_per_s", "write", wire::Unit::ops_per_s, disk.writes, hundredths);
        constexpr double percent_of_ms = 0.1; // 1000 busy milliseconds in a second are 100 percent
        add_rate("disk_busy_percent", {{"device", disk.name}}, wire::Unit::percent, disk.busy_ms,
                 percent_of_ms, hundredths);
    }
}

void Collector::add_network() {
    const auto text = host_.read(HostFile::net_dev);
    if (!text)
        return;
    for (const proc::Interface& link : proc::parse_net_dev(*text)) {
        const auto rate = [&](std::string_view name, std::string direction, wire::Unit unit,
                              std::uint64_t value, double decimals) {
            add_rate(name, {{"direction", std::move(direction)}, {"interface", link.name}}, unit,
                     value, 1, decimals);
        };
        rate("network_bytes_per_s", "in", wire::Unit::bytes_per_s, link.bytes_in, wholes);
        rate("network_bytes_per_s", "out", wire::Unit::bytes_per_s, link.bytes_out, wholes);
        rate("network_errors_per_s", "in", wire::Unit::errors_per_s, link.errors_in, hundredths);
        rate("network_errors_per_s", "out", wire::Unit::errors_per_s, link.errors_out, hundredths);
    }
}

void Collector::add_tasks(const std::optional<proc::Stat>& stat) {
    const auto tasks = [&](std::string state, std::uint64_t value) {
        add("processes", {{"state", std::move(state)}}, wire::Unit::count, number(value));
    };
    if (const auto text = host_.read(HostFile::loadavg)) {
        if (const auto load = proc::parse_loadavg(*text)) {
            constexpr std::array windows{"1m", "5m", "15m"};
            for (std::size_t i = 0; i < windows.size(); ++i)
                add("load", {{"window", windows[i]}}, wire::Unit::count, load->average[i]);
            tasks("total", load->tasks);
        }
    }
    if (stat) {
        tasks("running", stat->running);
        tasks("blocked", stat->blocked);
    }
    if (const auto text = host_.read(HostFile::uptime)) {
        if (const auto uptime = proc::parse_uptime(*text))
            add("uptime_s", {}, wire::Unit::seconds, rounded(*uptime, hundredths));
    }
}

} // namespace atalaya::agent
