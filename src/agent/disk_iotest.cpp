// The real directory, and the spool on it.
#include "agent/disk.hpp"
#include "agent/memory_disk.hpp"
#include "agent/spool.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include <stdlib.h>
#include <sys/stat.h>

namespace atalaya::agent {
namespace {

struct DiskTest : testing::Test {
    std::filesystem::path parent;

    DiskTest() {
        std::string name = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
        parent = ::mkdtemp(name.data());
    }
    ~DiskTest() override { std::filesystem::remove_all(parent); }
    std::filesystem::path directory() const { return parent / "made" / "spool"; }
};

TEST_F(DiskTest, CreatesAppendsTruncatesAndRemoves) {
    PosixDisk disk(directory());
    EXPECT_TRUE(disk.list().empty());
    ASSERT_TRUE(disk.create("b", as_bytes("one")));
    ASSERT_TRUE(disk.create("a", as_bytes("other")));
    ASSERT_TRUE(disk.append("b", as_bytes(" two")));
    ASSERT_TRUE(disk.append("b", as_bytes(" three")));
    ASSERT_TRUE(disk.sync("b"));
    EXPECT_EQ(as_text(*disk.read("b")), "one two three");
    ASSERT_TRUE(disk.truncate("b", 7));
    ASSERT_TRUE(disk.append("b", as_bytes("!")));
    EXPECT_EQ(as_text(*disk.read("b")), "one two!");
    EXPECT_EQ(disk.list(), (std::vector<std::string>{"a", "b"}));
    disk.remove("b");
    EXPECT_FALSE(disk.read("b"));
    EXPECT_FALSE(disk.append("b", as_bytes("x")));
}

TEST_F(DiskTest, IsPrivateAndLocked) {
    PosixDisk disk(directory());
    ASSERT_TRUE(disk.create("a", as_bytes("x")));
    struct stat status {};
    ASSERT_EQ(::stat(directory().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    ASSERT_EQ(::stat((directory() / "a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_THROW(PosixDisk{directory()}, std::runtime_error);
}

TEST_F(DiskTest, DoesNotFollowALinkOutOfItsDirectory) {
    PosixDisk disk(directory());
    std::filesystem::create_symlink("/etc/hostname", directory() / "link");
    EXPECT_FALSE(disk.read("link"));
    EXPECT_FALSE(disk.append("link", as_bytes("x")));
}

TEST_F(DiskTest, ASpoolLivesOnInAnotherProcess) {
    SeededRandom random(1);
    const wire::SeriesTable series{{.name = "uptime_s"}};
    std::uint64_t stream = 0;
    {
        PosixDisk disk(directory());
        Spool spool(disk, random, {});
        stream = spool.stream();
        for (std::int64_t i = 1; i <= 5; ++i)
            ASSERT_TRUE(spool.append({.time_ms = i * 10'000, .series = series, .values = {1}}));
        ASSERT_TRUE(spool.cut({}, {}));
    }
    PosixDisk disk(directory());
    Spool spool(disk, random, {});
    EXPECT_EQ(spool.stream(), stream);
    EXPECT_EQ(spool.waiting(), 5u);
    ASSERT_TRUE(spool.read_pending());
    EXPECT_EQ(spool.read_pending()->times_ms.size(), 5u);
}

} // namespace
} // namespace atalaya::agent
