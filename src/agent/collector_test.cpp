#include "agent/collector.hpp"
#include "agent/facts.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>

namespace atalaya::agent {
namespace {

/// A host made of texts.
class PaperHost final : public Host {
  public:
    std::map<HostFile, std::string> files{
        {HostFile::stat, "cpu  100 0 100 800 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0\n"
                         "btime 1763800000\nprocs_running 2\nprocs_blocked 0\n"},
        {HostFile::meminfo, "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 600 kB\n"
                            "Buffers: 50 kB\nCached: 300 kB\nSReclaimable: 0 kB\n"
                            "SwapTotal: 0 kB\nSwapFree: 0 kB\n"},
        {HostFile::loadavg, "0.10 0.20 0.30 1/99 1234\n"},
        {HostFile::diskstats, " 8 0 sda 100 0 1000 0 200 0 2000 0 0 500 0\n"},
        {HostFile::net_dev, "eth0: 1000 0 0 0 0 0 0 0 5000 0 0 0 0 0 0 0\n"},
        {HostFile::uptime, "100.25 50.00\n"},
        {HostFile::mounts, "/dev/sda1 / ext4 rw 0 0\n"},
        {HostFile::hostname, "host.example\n"},
        {HostFile::kernel, "6.1.0\n"},
        {HostFile::os_release, "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"},
    };

    std::optional<std::string> read(HostFile file) override {
        const auto found = files.find(file);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<FilesystemUse> measure_filesystem(const std::string& mount) override {
        if (mount != "/")
            return std::nullopt;
        return FilesystemUse{.bytes_total = 1000,
                             .bytes_free = 300,
                             .bytes_reserved = 100,
                             .inodes_total = 50,
                             .inodes_free = 40};
    }
    std::vector<std::string> list_addresses() override { return {"192.0.2.7"}; }
    std::string architecture() override { return "x86_64"; }
};

std::map<std::string, double> by_name(const Tick& tick) {
    std::map<std::string, double> out;
    for (std::size_t i = 0; i < tick.series.size(); ++i) {
        std::string name = tick.series[i].name;
        for (const wire::Label& label : tick.series[i].labels)
            name += " " + label.name + "=" + label.value;
        out[name] = tick.values.at(i);
    }
    return out;
}

using namespace std::chrono_literals;

TEST(Collector, ComputesRatesBetweenTicks) {
    PaperHost host;
    Collector collector(host);
    const auto first = by_name(collector.collect(1000, 5s));
    EXPECT_TRUE(wire::is_absent(first.at("cpu_percent mode=user")));
    EXPECT_TRUE(wire::is_absent(first.at("disk_bytes_per_s device=sda direction=read")));
    host.files[HostFile::stat] = "cpu  125 0 110 865 0 0 0 0\nprocs_running 2\n";
    host.files[HostFile::diskstats] = " 8 0 sda 110 0 1200 0 300 0 2000 0 0 5500 0\n";
    host.files[HostFile::net_dev] = "eth0: 3000 0 5 0 0 0 0 0 5000 0 0 0 0 0 0 0\n";
    const auto second = by_name(collector.collect(11000, 15s));
    EXPECT_EQ(second.at("cpu_percent mode=user"), 25);
    EXPECT_EQ(second.at("cpu_percent mode=system"), 10);
    EXPECT_EQ(second.at("cpu_percent mode=idle"), 65);
    EXPECT_EQ(second.at("disk_bytes_per_s device=sda direction=read"), 200 * 512 / 10);
    EXPECT_EQ(second.at("disk_ops_per_s device=sda direction=write"), 10);
    EXPECT_EQ(second.at("disk_busy_percent device=sda"), 50);
    EXPECT_EQ(second.at("network_bytes_per_s direction=in interface=eth0"), 200);
    EXPECT_EQ(second.at("network_errors_per_s direction=in interface=eth0"), 0.5);
    EXPECT_EQ(second.at("network_bytes_per_s direction=out interface=eth0"), 0);
}

TEST(Collector, TakesGaugesAsTheyAre) {
    PaperHost host;
    const auto tick = by_name(Collector(host).collect(1000, 5s));
    EXPECT_EQ(tick.at("memory_bytes kind=total"), 1000 * 1024);
    EXPECT_EQ(tick.at("memory_bytes kind=used"), 550 * 1024);
    EXPECT_EQ(tick.at("swap_bytes kind=used"), 0);
    EXPECT_EQ(tick.at("filesystem_bytes kind=used mount=/"), 600);
    EXPECT_EQ(tick.at("filesystem_bytes kind=free mount=/"), 300);
    EXPECT_EQ(tick.at("filesystem_inodes kind=used mount=/"), 10);
    EXPECT_EQ(tick.at("load window=15m"), 0.3);
    EXPECT_EQ(tick.at("processes state=total"), 99);
    EXPECT_EQ(tick.at("processes state=running"), 2);
    EXPECT_EQ(tick.at("uptime_s"), 100.25);
}

TEST(Collector, ACounterThatWasResetIsAGapNotASpike) {
    PaperHost host;
    Collector collector(host);
    collector.collect(1000, 5s);
    host.files[HostFile::net_dev] = "eth0: 10 0 0 0 0 0 0 0 5100 0 0 0 0 0 0 0\n";
    const auto tick = by_name(collector.collect(11000, 15s));
    EXPECT_TRUE(wire::is_absent(tick.at("network_bytes_per_s direction=in interface=eth0")));
    EXPECT_EQ(tick.at("network_bytes_per_s direction=out interface=eth0"), 10);
}

TEST(Collector, GoesOnWithoutWhatTheHostDoesNotTell) {
    PaperHost host;
    host.files.clear();
    EXPECT_TRUE(Collector(host).collect(1000, 5s).series.empty());
    host.files[HostFile::stat] = "\xff\xfe nonsense";
    host.files[HostFile::mounts] = "/dev/sda1 /\xff ext4 rw 0 0\n";
    EXPECT_TRUE(Collector(host).collect(1000, 5s).series.empty());
}

TEST(Collector, ItsTableIsAlwaysOneTheFrameTakes) {
    PaperHost host;
    host.files[HostFile::mounts] = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 / xfs rw 0 0\n";
    const Tick tick = Collector(host).collect(1000, 5s);
    EXPECT_EQ(tick.series.size(), tick.values.size());
    EXPECT_TRUE(wire::parse_table(wire::encode_table(tick.series)).has_value());
}

TEST(Collector, EachNameSaysItsUnit) {
    PaperHost host;
    for (const wire::Series& series : Collector(host).collect(1000, 5s).series) {
        EXPECT_EQ(wire::unit_of(series.name), series.unit) << series.name;
    }
}

TEST(Facts, TellWhatTheHostIs) {
    PaperHost host;
    const wire::HostFacts facts = collect_facts(host);
    EXPECT_EQ(facts.hostname, "host.example");
    EXPECT_EQ(facts.os, "Debian GNU/Linux 12 (bookworm)");
    EXPECT_EQ(facts.kernel, "6.1.0");
    EXPECT_EQ(facts.architecture, "x86_64");
    EXPECT_EQ(facts.cores, 1u);
    EXPECT_EQ(facts.memory_bytes, 1000u * 1024);
    EXPECT_EQ(to_rfc3339(facts.boot_time), "2025-11-22T08:26:40.000000Z");
    EXPECT_EQ(facts.policy_hash, policy_hash());
    EXPECT_EQ(facts.addresses, std::vector<std::string>{"192.0.2.7"});
}

TEST(Facts, AWanderingBootTimeIsNoNewsARebootIs) {
    PaperHost host;
    const wire::HostFacts facts = collect_facts(host);
    wire::HostFacts later = facts;
    later.boot_time = facts.boot_time + 1s;
    EXPECT_FALSE(differ(facts, later));
    later.boot_time = facts.boot_time + 2min;
    EXPECT_TRUE(differ(facts, later));
    later = facts;
    later.addresses.push_back("192.0.2.8");
    EXPECT_TRUE(differ(facts, later));
}

/// The size of a push of an ordinary server: two disks, two interfaces, three filesystems.
TEST(Collector, FramesOfAnOrdinaryHostAreSmall) {
    PaperHost host;
    Collector collector(host);
    std::map<std::size_t, double> bytes_per_sample;
    for (const std::size_t ticks : {1u, 30u}) {
        wire::Push push;
        std::vector<Tick> taken;
        for (std::size_t i = 0; i <= ticks; ++i) {
            const auto n = static_cast<std::uint64_t>(i);
            const auto text = [](std::uint64_t value) { return std::to_string(value); };
            host.files[HostFile::stat] = "cpu  " + text(100 + n * n * 37 % 900 + 997 * n) + " 0 " +
                                         text(100 + 131 * n) + " " + text(800 + 870 * n) +
                                         " 3 0 1 0\nprocs_running 2\nprocs_blocked 0\n";
            host.files[HostFile::diskstats] =
                " 8 0 sda " + text(100 + 17 * n) + " 0 " + text(4096 * n + n * n) + " 0 " +
                text(55 * n * n) + " 0 " + text(81'920 * n + 8 * n * n) + " 0 0 " + text(313 * n) +
                " 0\n 8 16 sdb 1 0 2 0 3 0 4 0 0 5 0\n";
            host.files[HostFile::net_dev] = "eth0: " + text(1'234'567 * n + n * n * 777) +
                                            " 0 0 0 0 0 0 0 " + text(7'654'321 * n + n * n * 333) +
                                            " 0 0 0 0 0 0 0\n" +
                                            "eth1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
            taken.push_back(collector.collect(
                1'763'800'000'000 + static_cast<std::int64_t>(i) * 10'000, 10s * (i + 1)));
        }
        taken.erase(taken.begin());
        push.series_count = taken.front().series.size();
        for (std::size_t series = 0; series < push.series_count; ++series) {
            for (const Tick& tick : taken)
                push.values.push_back(tick.values[series]);
        }
        for (const Tick& tick : taken)
            push.times_ms.push_back(tick.time_ms);
        const std::size_t size = wire::encode_push(push).size();
        bytes_per_sample[ticks] =
            static_cast<double>(size) / static_cast<double>(push.values.size());
        std::printf("%zu series, %zu ticks: %zu bytes, %.2f for each sample\n", push.series_count,
                    ticks, size, bytes_per_sample[ticks]);
    }
    EXPECT_LT(bytes_per_sample[1], 4.5);
    EXPECT_LT(bytes_per_sample[30], 1.5);
}

} // namespace
} // namespace atalaya::agent
