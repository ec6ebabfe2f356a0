// What a confined process can no longer do, tried in children of the test.
#include "agent/confinement.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <functional>

#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atalaya::agent {
namespace {

bool kernel_has_landlock() {
    return ::syscall(__NR_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

struct ConfinementTest : testing::Test {
    std::filesystem::path spool;
    std::optional<PosixDisk> disk{};

    ConfinementTest() {
        std::string name = (std::filesystem::temp_directory_path() / "spool-XXXXXX").string();
        spool = ::mkdtemp(name.data());
        disk.emplace(spool);
    }
    ~ConfinementTest() override { std::filesystem::remove_all(spool); }

    /// The wait status of a confined child that ends with what `attempt` returns.
    int status_of(const std::function<int()>& attempt) {
        const pid_t child = ::fork();
        if (child == 0) {
            if (!confine(*disk).calls)
                ::_exit(99);
            ::_exit(attempt());
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        return status;
    }
    void expect_killed(const std::function<int()>& attempt) {
        const int status = status_of(attempt);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << status;
    }
    void expect_exit(int code, const std::function<int()>& attempt) {
        const int status = status_of(attempt);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == code) << status;
    }
};

TEST_F(ConfinementTest, ListeningAcceptingAndStartingAProgramEndTheProcess) {
    expect_killed([] { return ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1); });
    expect_killed([] { return ::accept(0, nullptr, nullptr); });
    expect_killed([] { return ::accept4(0, nullptr, nullptr, 0); });
    expect_killed([] { return ::execl("/bin/true", "true", nullptr); });
}

TEST_F(ConfinementTest, NoSocketGetsAnAddressOfItsOwn) {
    expect_exit(EPERM, [] {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
        return ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) ? errno : 0;
    });
    expect_exit(0, [] {
        ifaddrs* first = nullptr;
        return ::getifaddrs(&first);
    });
}

TEST_F(ConfinementTest, OnlyTheSpoolCanBeOpened) {
    if (!kernel_has_landlock())
        return; // the agent says so in its log
    expect_exit(EACCES, [] { return ::open("/etc/passwd", O_RDONLY) < 0 ? errno : 0; });
    expect_exit(EACCES, [] { return ::open("/proc/self/environ", O_RDONLY) < 0 ? errno : 0; });
    expect_exit(EACCES, [] { return ::open("/etc/hosts", O_WRONLY) < 0 ? errno : 0; });
    const std::string outside = spool.string() + "-outside";
    expect_exit(EACCES,
                [&] { return ::open(outside.c_str(), O_CREAT | O_WRONLY, 0600) < 0 ? errno : 0; });
    const std::string inside = (spool / "file").string();
    expect_exit(0,
                [&] { return ::open(inside.c_str(), O_CREAT | O_WRONLY, 0600) < 0 ? errno : 0; });
}

TEST_F(ConfinementTest, RootIsGivenUpForGood) {
    if (::geteuid() != 0)
        return; // there is nothing to give up
    // As where the server keeps its data: nobody but root gets to the place.
    const std::filesystem::path closed = spool / "closed";
    disk.reset();
    disk.emplace(closed / "spool");
    ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        drop_privileges("nobody", *disk);
        const bool back = ::setuid(0) == 0 || ::seteuid(0) == 0 || ::geteuid() == 0;
        const bool writes = disk->create("file", as_bytes("x")) && disk->list().size() == 1;
        ::_exit(back ? 1 : writes ? 0 : 2);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_THROW(drop_privileges("root", *disk), std::runtime_error);
    EXPECT_THROW(drop_privileges("no-such-user", *disk), std::runtime_error);
}

} // namespace
} // namespace atalaya::agent
