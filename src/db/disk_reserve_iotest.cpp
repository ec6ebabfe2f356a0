#include "db/disk_reserve.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t reserve = 1'000'000;
constexpr std::uint64_t low = 500'000;

class DiskReserveTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "reserve-XXXXXX").string();
        directory_ = mkdtemp(name.data());
    }
    void TearDown() override { fs::remove_all(directory_); }

    DiskReserve make() {
        return DiskReserve({file(), reserve, low, [this] { return free_; }});
    }
    fs::path file() const { return directory_ / "reserve"; }

    fs::path directory_;
    std::uint64_t free_ = 10'000'000;
};

TEST_F(DiskReserveTest, HoldsItsBytesWhileThereIsPlenty) {
    DiskReserve disk = make();
    disk.look();
    EXPECT_EQ(fs::file_size(file()), reserve);
    EXPECT_FALSE(disk.is_low());
}

TEST_F(DiskReserveTest, GivesThemBackWhenTheDiskRunsLow) {
    DiskReserve disk = make();
    disk.look();
    free_ = low;
    disk.look();
    EXPECT_FALSE(disk.is_low());
    free_ = low - 1;
    disk.look();
    EXPECT_TRUE(disk.is_low());
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(DiskReserveTest, TakesChangesAgainOnlyWithRoomForTheReserveToo) {
    DiskReserve disk = make();
    free_ = 0;
    disk.look();
    free_ = reserve + 2 * low - 1;
    disk.look();
    EXPECT_TRUE(disk.is_low());
    EXPECT_FALSE(fs::exists(file()));
    ++free_;
    disk.look();
    EXPECT_FALSE(disk.is_low());
    EXPECT_EQ(fs::file_size(file()), reserve);
}

TEST_F(DiskReserveTest, DoesWithoutOnASmallDisk) {
    DiskReserve disk = make();
    free_ = reserve + low;
    disk.look();
    EXPECT_FALSE(disk.is_low());
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(DiskReserveTest, KnowsTheReserveOfTheRunBefore) {
    make().look();
    DiskReserve disk = make();
    free_ = low - 1;
    disk.look();
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(DiskReserveTest, AsksTheDiskItself) {
    DiskReserve disk({file(), reserve, low, {}});
    disk.look();
    EXPECT_FALSE(disk.is_low());
    DiskReserve nowhere({directory_ / "gone" / "reserve", reserve, low, {}});
    nowhere.look();
    EXPECT_TRUE(nowhere.is_low());
}

} // namespace
} // namespace atalaya::db
