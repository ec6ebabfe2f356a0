#include "bench/host_series.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace atalaya::bench {
namespace {

/// SplitMix64.
std::uint64_t scramble(std::uint64_t number) {
    number += 0x9e37'79b9'7f4a'7c15;
    number = (number ^ number >> 30) * 0xbf58'476d'1ce4'e5b9;
    number = (number ^ number >> 27) * 0x94d0'49bb'1331'11eb;
    return number ^ number >> 31;
}

constexpr double page = 4096;
constexpr double sector = 512;

Course constant(double level) { return {.level = level}; }

Course counter(double level, double pace, double parts = 1, double grain = 1, double swing = 0.4) {
    return {.motion = Motion::counter,
            .level = level,
            .pace = pace,
            .swing = swing,
            .grain = grain,
            .parts = parts};
}

struct Bounds {
    double least, greatest;
};

Course gauge(double level, double pace, Bounds within, double parts = 1, double grain = 1) {
    return {.motion = Motion::gauge,
            .level = level,
            .pace = pace,
            .least = within.least,
            .greatest = within.greatest,
            .grain = grain,
            .parts = parts};
}

class Host {
  public:
    explicit Host(std::size_t number) : number_(number) {}

    void add(std::string_view name, Labels own, const Course& course) {
        constexpr std::string_view sites[] = {"ams", "lis", "waw"};
        own.push_back({std::string(metric_name_label), std::string(name)});
        own.push_back({"host", "host-" + std::to_string(1000 + number_)});
        own.push_back({"instance", "10.1." + std::to_string(number_ / 250) + "." +
                                       std::to_string(number_ % 250) + ":9100"});
        own.push_back({"job", "node"});
        own.push_back({"site", std::string(sites[number_ % std::size(sites)])});
        std::ranges::sort(own);
        series_.emplace_back(std::move(own), course, number_ << 16 | series_.size());
    }
    std::vector<HostSeries> take() && { return std::move(series_); }

  private:
    const std::size_t number_;
    std::vector<HostSeries> series_;
};

void add_processors(Host& host) {
    struct Mode {
        const char* name;
        double pace;
    };
    constexpr Mode modes[] = {{"idle", 12},     {"iowait", .15}, {"irq", 0},     {"nice", .02},
                              {"softirq", .05}, {"steal", .01},  {"system", .8}, {"user", 1.9}};
    for (int cpu = 0; cpu < 4; ++cpu) {
        for (const Mode& mode : modes) {
            host.add("node_cpu_seconds_total", {{"cpu", std::to_string(cpu)}, {"mode", mode.name}},
                     counter(90'000 * mode.pace, mode.pace, 100));
        }
    }
    host.add("node_load1", {}, gauge(1.2, .2, {0, 16}, 100));
    host.add("node_load5", {}, gauge(1.2, .05, {0, 16}, 100));
    host.add("node_load15", {}, gauge(1.2, .02, {0, 16}, 100));
    for (int sensor = 1; sensor <= 4; ++sensor) {
        host.add("node_hwmon_temp_celsius", {{"sensor", "temp" + std::to_string(sensor)}},
                 gauge(48, .7, {25, 95}, 10));
    }
}

void add_memory(Host& host) {
    for (const char* what : {"MemTotal", "SwapTotal"}) {
        host.add("node_memory_" + std::string(what) + "_bytes", {}, constant(16'777'216'000));
    }
    for (const char* what :
         {"MemFree", "MemAvailable", "Buffers", "Cached", "Active", "Inactive", "Dirty", "Slab"}) {
        host.add("node_memory_" + std::string(what) + "_bytes", {},
                 gauge(4e9, 300 * page, {1e8, 1.5e10}, 1, page));
    }
}

void add_disks(Host& host) {
    double size = 1e11;
    for (const char* mount : {"/", "/var", "/boot"}) {
        const Labels at{{"fstype", "ext4"}, {"mountpoint", mount}};
        const bool still = std::string_view(mount) == "/boot";
        host.add("node_filesystem_size_bytes", at, constant(size));
        host.add("node_filesystem_avail_bytes", at,
                 gauge(5e10, still ? 0 : 50 * page, {1e9, 1e11}, 1, page));
        host.add("node_filesystem_files_free", at, gauge(5e6, still ? 0 : 3, {1e5, 1e7}));
        size += 1e11;
    }
    for (const char* device : {"sda", "sdb"}) {
        const Labels of{{"device", device}};
        host.add("node_disk_reads_completed_total", of, counter(3e7, 90));
        host.add("node_disk_writes_completed_total", of, counter(3e7, 90));
        host.add("node_disk_read_bytes_total", of, counter(8e11, 4e6, 1, sector, 1));
        host.add("node_disk_written_bytes_total", of, counter(8e11, 4e6, 1, sector, 1));
        host.add("node_disk_io_time_seconds_total", of, counter(4e4, .9, 100));
        host.add("node_disk_io_now", of, gauge(1, 1, {0, 6}));
    }
}

void add_network(Host& host) {
    for (const char* device : {"eth0", "lo"}) {
        const Labels of{{"device", device}};
        for (const char* way : {"receive", "transmit"}) {
            const std::string name = "node_network_" + std::string(way);
            host.add(name + "_bytes_total", of, counter(5e11, 2e6));
            host.add(name + "_packets_total", of, counter(6e8, 2'500));
        }
        host.add("node_network_receive_errs_total", of, constant(10));
        host.add("node_network_receive_drop_total", of, constant(12));
    }
    host.add("node_netstat_Tcp_InSegs", {}, counter(1e9, 20'000));
    host.add("node_netstat_Tcp_OutSegs", {}, counter(1e9, 20'000));
    host.add("node_netstat_Tcp_CurrEstab", {}, gauge(120, 4, {1, 3'000}));
    host.add("node_sockstat_TCP_inuse", {}, gauge(140, 4, {1, 3'000}));
    host.add("node_sockstat_TCP_tw", {}, gauge(40, 9, {0, 900}));
}

void add_system(Host& host) {
    for (const char* what : {"context_switches_total", "intr_total", "forks_total",
                             "vmstat_pgfault", "vmstat_pgpgin", "vmstat_pgpgout"}) {
        host.add("node_" + std::string(what), {}, counter(1e9, 20'000));
    }
    host.add("node_procs_running", {}, gauge(2, 1, {1, 12}));
    host.add("node_procs_blocked", {}, gauge(.2, .4, {0, 6}));
    host.add("node_filefd_allocated", {}, gauge(2'300, 32, {800, 60'000}, 1, 32));
    host.add("node_entropy_available_bits", {}, constant(256));
    host.add("node_boot_time_seconds", {}, constant(1'766'000'000));
    host.add("node_time_seconds", {}, {.motion = Motion::clock, .parts = 1'000});
    host.add("node_timex_offset_seconds", {}, gauge(4e-4, 2e-5, {-.01, .01}, 1e6));
    host.add("node_uname_info", {{"machine", "x86_64"}, {"release", "6.1.0-28-amd64"}},
             constant(1));
    host.add("node_scrape_collector_duration_seconds", {{"collector", "cpu"}},
             gauge(.01, .002, {.0005, .2}, 1e6));
    host.add("scrape_duration_seconds", {}, gauge(.02, .003, {.004, .3}, 1e3));
    host.add("scrape_samples_scraped", {}, constant(100));
    host.add("up", {}, constant(1));
}

} // namespace

HostSeries::HostSeries(Labels labels, const Course& course, std::uint64_t seed)
    : labels_(std::move(labels)), course_(course), state_(scramble(seed)), value_(course.level) {
    if (course_.motion != Motion::counter && course_.motion != Motion::gauge)
        return;
    value_ *= .5 + draw();
    if (course_.motion == Motion::counter)
        course_.pace *= .3 + 1.4 * draw();
}

double HostSeries::draw() {
    state_ = scramble(state_);
    return static_cast<double>(state_ >> 11) * 0x1p-53;
}

double HostSeries::next(std::int64_t time_ms) {
    switch (course_.motion) {
    case Motion::constant:
        return value_;
    case Motion::counter:
        // Whole grains only, as a kernel counts.
        value_ += std::floor(course_.pace * (1 + course_.swing * (2 * draw() - 1)) * course_.parts /
                             course_.grain) *
                  course_.grain / course_.parts;
        break;
    case Motion::gauge:
        if (course_.pace > 0) {
            value_ += (draw() + draw() - 1) * course_.pace + (course_.level - value_) * .002;
            value_ = std::clamp(value_, course_.least, course_.greatest);
        }
        break;
    case Motion::clock:
        value_ = static_cast<double>(time_ms) / 1'000 + draw();
        break;
    }
    return std::round(value_ * course_.parts / course_.grain) * course_.grain / course_.parts;
}

std::vector<HostSeries> make_host(std::size_t number) {
    Host host(number);
    add_processors(host);
    add_memory(host);
    add_disks(host);
    add_network(host);
    add_system(host);
    return std::move(host).take();
}

} // namespace atalaya::bench
