#include "agent/proc.hpp"

#include <gtest/gtest.h>

namespace atalaya::agent::proc {
namespace {

TEST(Proc, ReadsStat) {
    const auto stat = parse_stat("cpu  100 5 50 800 20 1 4 3 0 0\n"
                                 "cpu0 50 2 25 400 10 1 2 2 0 0\n"
                                 "cpu1 50 3 25 400 10 0 2 1 0 0\n"
                                 "intr 5 0 0\nctxt 99\nbtime 1763800000\nprocesses 77\n"
                                 "procs_running 3\nprocs_blocked 1\n");
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->cpu_ticks, (std::array<std::uint64_t, 8>{100, 5, 50, 800, 20, 1, 4, 3}));
    EXPECT_EQ(stat->cores, 2u);
    EXPECT_EQ(stat->boot_time_s, 1'763'800'000u);
    EXPECT_EQ(stat->running, 3u);
    EXPECT_EQ(stat->blocked, 1u);
    EXPECT_FALSE(parse_stat(""));
    EXPECT_FALSE(parse_stat("cpu  1 2 3\n"));
    EXPECT_FALSE(parse_stat("cpu  1 2 3 x 5 6 7 8\n"));
}

TEST(Proc, ReadsMeminfo) {
    const auto memory = parse_meminfo("MemTotal:       1000 kB\nMemFree: 100 kB\n"
                                      "MemAvailable: 600 kB\nBuffers: 50 kB\nCached: 300 kB\n"
                                      "SwapCached: 9 kB\nSwapTotal: 500 kB\nSwapFree: 400 kB\n"
                                      "SReclaimable: 25 kB\nHugePages_Total: 0\n");
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->total, 1000u * 1024);
    EXPECT_EQ(memory->available, 600u * 1024);
    EXPECT_EQ(memory->cached, 325u * 1024);
    EXPECT_EQ(memory->swap_free, 400u * 1024);
    EXPECT_FALSE(parse_meminfo("MemTotal: 1000 kB\n"));
}

TEST(Proc, ReadsLoadavgAndUptime) {
    const auto load = parse_loadavg("0.45 1.50 12.25 2/108 21115\n");
    ASSERT_TRUE(load);
    EXPECT_EQ(load->average, (std::array<double, 3>{0.45, 1.5, 12.25}));
    EXPECT_EQ(load->tasks, 108u);
    EXPECT_FALSE(parse_loadavg("0.45 1.50\n"));
    EXPECT_EQ(parse_uptime("1745.78 3214.20\n"), 1745.78);
    EXPECT_FALSE(parse_uptime(""));
}

TEST(Proc, TellsDisksFromPartitionsAndNoise) {
    const auto disks =
        parse_diskstats("   7       0 loop0 1 1 1 1 1 1 1 1 1 1 1\n"
                        "   8       0 sda 10 0 200 5 20 0 400 6 0 1234 0 0 0 0 0 0 0\n"
                        "   8       1 sda1 9 0 100 5 20 0 400 6 0 1000 0 0 0 0 0 0 0\n"
                        " 259       0 nvme0n1 1 0 2 0 3 0 4 0 0 5 0\n"
                        " 259       1 nvme0n1p1 1 0 2 0 3 0 4 0 0 5 0\n"
                        " 202       1 xvda1 7 0 2 0 3 0 4 0 0 5 0\n"
                        " 253       0 dm-0 1 0 2 0 3 0 4 0 0 5 0\n"
                        "  11       0 sr0 1 0 2 0 3 0 4 0 0 5 0\n"
                        " 999 broken line\n");
    std::vector<std::string> names;
    for (const Disk& disk : disks)
        names.push_back(disk.name);
    EXPECT_EQ(names, (std::vector<std::string>{"sda", "nvme0n1", "xvda1", "dm-0"}));
    EXPECT_EQ(disks[0].reads, 10u);
    EXPECT_EQ(disks[0].bytes_read, 200u * 512);
    EXPECT_EQ(disks[0].writes, 20u);
    EXPECT_EQ(disks[0].bytes_written, 400u * 512);
    EXPECT_EQ(disks[0].busy_ms, 1234u);
}

TEST(Proc, HoldsTheNumberOfDevicesDown) {
    std::string text;
    for (int i = 0; i < 100; ++i)
        text +=
            " 253 " + std::to_string(i) + " dm-" + std::to_string(i) + " 1 0 2 0 3 0 4 0 0 5 0\n";
    EXPECT_EQ(parse_diskstats(text).size(), 32u);
}

TEST(Proc, ReadsInterfacesAlsoWithoutABlankBehindTheColon) {
    const auto links = parse_net_dev(
        "Inter-|   Receive   |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes packets errs drop "
        "fifo colls carrier compressed\n"
        "    lo:    3267      29    0    0    0     0          0         0     3267      29    0   "
        " "
        "0    0     0       0          0\n"
        "  eth0:986882138   23717    4    0    0     0          0         0 1280286   13918    5   "
        " "
        "0    0     0       0          0\n"
        "vethab12: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
    ASSERT_EQ(links.size(), 1u);
    EXPECT_EQ(links[0].name, "eth0");
    EXPECT_EQ(links[0].bytes_in, 986'882'138u);
    EXPECT_EQ(links[0].errors_in, 4u);
    EXPECT_EQ(links[0].bytes_out, 1'280'286u);
    EXPECT_EQ(links[0].errors_out, 5u);
}

TEST(Proc, MeasuresLocalFilesystemsOnce) {
    const auto mounts = parse_mounts("proc /proc proc rw 0 0\n"
                                     "/dev/vda / ext4 rw,relatime 0 0\n"
                                     "/dev/vda /etc/hosts ext4 rw,relatime 0 0\n"
                                     "overlay /var/lib/containers/x overlay rw 0 0\n"
                                     "server:/export /mnt/nfs nfs4 rw 0 0\n"
                                     "/dev/sdb1 /mnt/my\\040disk\\134 xfs rw 0 0\n");
    EXPECT_EQ(mounts, (std::vector<std::string>{"/", "/mnt/my disk\\"}));
    EXPECT_EQ(parse_mounts("overlay / overlay rw 0 0\n"), std::vector<std::string>{"/"});
}

TEST(Proc, ReadsTheNameOfTheSystem) {
    EXPECT_EQ(parse_os_release("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n"),
              "Debian GNU/Linux 12");
    EXPECT_EQ(parse_os_release("PRETTY_NAME=Plain\n"), "Plain");
    EXPECT_EQ(parse_os_release("ID=debian\n"), "");
}

} // namespace
} // namespace atalaya::agent::proc
