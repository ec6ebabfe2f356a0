// The keyring on a real file system: modes, owners, the lock, and what a command beside the server
// may do.
#include "keyring/keyring.hpp"

#include "base/check.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atalaya::keyring {
namespace {

namespace fs = std::filesystem;

const TeamId team(*parse_uuid("11111111-1111-4111-8111-111111111111"));
const Uuid row = *parse_uuid("44444444-4444-4444-8444-444444444444");

class KeyringFiles : public testing::Test {
  protected:
    KeyringFiles() {
        std::string pattern = (fs::temp_directory_path() / "keyring-XXXXXX").string();
        base = mkdtemp(pattern.data());
        directory = base / "keyring";
    }
    ~KeyringFiles() override { fs::remove_all(base); }

    std::unique_ptr<Keyring> open(Access access = Access::owner) {
        return Keyring::open(directory, random, access);
    }
    std::string refusal(Access access = Access::owner) {
        try {
            open(access);
        } catch (const KeyringRefused& refused) {
            return refused.what();
        }
        return "";
    }
    static mode_t mode_of(const fs::path& path) {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 07777;
    }

    SystemRandom random;
    fs::path base;
    fs::path directory;
};

TEST_F(KeyringFiles, ARoundTripLeavesOnlyPrivateFiles) {
    Bytes blob;
    {
        const auto keyring = open();
        keyring->create_key(team);
        blob = keyring->seal(team, "server.body", row, as_bytes("plain"));
    }
    EXPECT_EQ(mode_of(directory), 0700u);
    EXPECT_EQ(mode_of(directory / "kek"), 0400u);
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        EXPECT_EQ(mode_of(entry.path()), entry.is_directory() ? 0700u : 0400u) << entry.path();
        files += entry.is_regular_file();
    }
    EXPECT_EQ(files, 3u); // kek, its check, the team's key
    EXPECT_TRUE(open()->open_sealed(team, "server.body", row, blob));
    const auto keyring = open();
    keyring->destroy_key(team);
    EXPECT_FALSE(fs::exists(directory / "teams" / (to_string(team) + ".key")));
}

TEST_F(KeyringFiles, RefusesFilesThatOthersMayReadOrThatAreNoFiles) {
    open();
    ASSERT_EQ(refusal(), "");
    fs::permissions(directory / "kek", fs::perms(0440));
    EXPECT_NE(refusal().find("kek must be a file of mode 0400"), std::string::npos) << refusal();
    fs::permissions(directory / "kek", fs::perms(0400));
    fs::permissions(directory / "system", fs::perms(0750));
    EXPECT_NE(refusal().find("must be a folder of mode 0700"), std::string::npos) << refusal();
    fs::permissions(directory / "system", fs::perms(0700));
    fs::permissions(directory, fs::perms(0755));
    EXPECT_NE(refusal().find("must be a folder of mode 0700"), std::string::npos) << refusal();
    fs::permissions(directory, fs::perms(0700));
    ASSERT_EQ(refusal(), "");
    fs::rename(directory / "kek", base / "kek");
    ASSERT_EQ(::mkfifo((directory / "kek").c_str(), 0400), 0);
    EXPECT_NE(refusal().find("kek must be a file"), std::string::npos) << refusal();
    fs::remove(directory / "kek");
    fs::create_symlink(base / "kek", directory / "kek");
    EXPECT_THROW(open(), std::system_error);
}

TEST_F(KeyringFiles, HasOneOwnerAndAnyNumberOfReaders) {
    EXPECT_THROW(open(Access::reader), std::system_error); // a reader makes nothing
    EXPECT_FALSE(fs::exists(directory));
    const auto owner = open();
    owner->create_key(team);
    const Bytes blob = owner->seal(team, "server.body", row, as_bytes("plain"));
    EXPECT_NE(refusal().find("is in use by another process"), std::string::npos) << refusal();
    const auto reader = open(Access::reader);
    const auto second = open(Access::reader);
    EXPECT_TRUE(reader->open_sealed(team, "server.body", row, blob));
    EXPECT_THROW(reader->create_key(team), LogicFault);
    EXPECT_THROW(reader->destroy_key(team), LogicFault);
    EXPECT_THROW(reader->system_key("unheard_of"), KeyringRefused);
}

TEST_F(KeyringFiles, LeftoversOfAnInterruptedRunGoAway) {
    open();
    std::ofstream(directory / "teams" / "x.key.new") << "half";
    fs::permissions(directory / "teams" / "x.key.new", fs::perms(0400));
    open();
    EXPECT_FALSE(fs::exists(directory / "teams" / "x.key.new"));
}

TEST_F(KeyringFiles, AFailedWriteEndsTheRequestAndCanBeRepeated) {
    const auto keyring = open();
    fs::rename(directory / "teams", base / "teams");
    EXPECT_THROW(keyring->create_key(team), std::system_error);
    fs::rename(base / "teams", directory / "teams");
    keyring->create_key(team);
    EXPECT_TRUE(keyring->has_key(team));
}

} // namespace
} // namespace atalaya::keyring
