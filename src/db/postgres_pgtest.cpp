#include "base/text.hpp"
#include "db/postgres.hpp"
#include "db/script_session.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <signal.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace atalaya::db {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct PostgresTest : testing::Test {
    PostgresTest() {
        std::string name = (fs::temp_directory_path() / "postgres-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        root = name;
        chmod(name.c_str(), 0711);
        options.directory = root / "postgres";
        options.fsync = false;
        options.shared_buffers = "16MB";
        options.max_connections = 10;
    }
    ~PostgresTest() override {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    void write(const fs::path& path, const std::string& text) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    Finding finding(const std::string& code) {
        for (const Finding& each : check(options)) {
            if (each.code == code)
                return each;
        }
        return {code, true, "not looked at"};
    }
    std::string start_refusal() {
        try {
            Postgres(options).start();
        } catch (const StartRefused& refused) {
            EXPECT_EQ(std::string(refused.what()).find('\n'), std::string::npos) << refused.what();
            return refused.code;
        }
        return "started";
    }
    /// Refused with this code, and with words that hold this.
    void expect_refused(const std::string& code, const std::string& words) {
        const Finding found = finding(code);
        EXPECT_FALSE(found.ok);
        EXPECT_NE(found.text.find(words), std::string::npos) << found.text;
        EXPECT_EQ(start_refusal(), code);
    }
    static std::string read(const fs::path& path) {
        std::ostringstream out;
        out << std::ifstream(path).rdbuf();
        return out.str();
    }

    std::string log() const { return read(options.directory / "postgres.log"); }
    static std::size_t count(std::string_view words, const std::string& text) {
        std::size_t found = 0;
        for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1))
            ++found;
        return found;
    }

    struct Orphan {
        pid_t postmaster, checkpointer;
    };
    /// A server whose program was killed, after its checkpointer, without which it cannot shut
    /// down, was sent `signal`.
    Orphan make_orphan(int signal = 0) {
        int ends[2];
        EXPECT_EQ(pipe(ends), 0);
        const pid_t program = fork();
        if (program == 0) {
            Postgres doomed(options);
            doomed.start();
            std::optional<std::string> checkpointer;
            while (!checkpointer)
                checkpointer = ScriptSession(doomed.server_dsn(), "postgres", "atalaya_super")
                                   .value("select pid from pg_stat_activity "
                                          "where backend_type = 'checkpointer'");
            const Orphan orphan{doomed.pid(),
                                static_cast<pid_t>(parse_integer(*checkpointer).value())};
            kill(orphan.checkpointer, signal);
            if (::write(ends[1], &orphan, sizeof orphan) == sizeof orphan)
                kill(getpid(), SIGKILL);
            _exit(1);
        }
        Orphan orphan{};
        EXPECT_EQ(::read(ends[0], &orphan, sizeof orphan), static_cast<ssize_t>(sizeof orphan));
        int status = 0;
        waitpid(program, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
        close(ends[0]);
        close(ends[1]);
        return orphan;
    }

    fs::path root;
    PostgresOptions options;
};

TEST_F(PostgresTest, FindsNothingWrongWithAFreshDirectory) {
    for (const Finding& each : check(options))
        EXPECT_TRUE(each.ok) << each.code << ": " << each.text;
    EXPECT_FALSE(fs::exists(options.directory)) << "looking changed something";
}

TEST_F(PostgresTest, RefusesWithoutPrograms) {
    options.binaries = root / "nothing";
    expect_refused("postgres_missing", "postgresql-15");
}

TEST_F(PostgresTest, RefusesOtherVersionsOfThePrograms) {
    options.binaries = root / "bin";
    for (const auto* version : {"14.19", "15.13", "16.4"}) {
        for (const auto* program : {"postgres", "initdb"}) {
            write(options.binaries / program,
                  std::string("#!/bin/sh\necho 'postgres (PostgreSQL) ") + version +
                      " (Debian)'\n");
            chmod((options.binaries / program).c_str(), 0755);
        }
        expect_refused("postgres_version", version);
    }
}

TEST_F(PostgresTest, RefusesADirectoryOfAnotherVersion) {
    write(options.directory / "data" / "PG_VERSION", "14\n");
    expect_refused("data_version", "PostgreSQL 14");
}

TEST_F(PostgresTest, RefusesADirectoryThatIsNotItsOwn) {
    write(options.directory / "data" / "letters.txt", "x");
    expect_refused("data_version", "not the data directory");
}

TEST_F(PostgresTest, RefusesALongSocketPath) {
    options.socket_dir = root / std::string(100, 'x');
    expect_refused("socket_path_too_long", "107");
}

TEST_F(PostgresTest, ChoosesAShortSocketDirectoryByItself) {
    EXPECT_EQ(choose_socket_dir(options), options.directory / "socket");
    options.directory = root / std::string(100, 'x');
    EXPECT_LT(choose_socket_dir(options).string().size(), 60u);
    EXPECT_TRUE(finding("socket_path_too_long").ok);
}

TEST_F(PostgresTest, RefusesAFullDisk) {
    options.disk_free_min_bytes = std::uint64_t{1} << 62;
    expect_refused("disk_full", "free");
}

TEST_F(PostgresTest, RefusesUnknownUsers) {
    if (geteuid() != 0)
        GTEST_SKIP() << "only root becomes another user";
    options.unprivileged_user = "no-such-user";
    expect_refused("unknown_user", "no-such-user");
    options.unprivileged_user = "root";
    expect_refused("unknown_user", "root");
    const auto nameless_is_refused = [&] {
        const bool became = setresuid(54321, 54321, 54321) == 0;
        _exit(became && !finding("unknown_user").ok ? 0 : 1);
    };
    EXPECT_EXIT(nameless_is_refused(), testing::ExitedWithCode(0), "");
}

TEST_F(PostgresTest, RefusesADirectoryThatItsUserCannotReach) {
    if (geteuid() != 0)
        GTEST_SKIP() << "only root becomes another user";
    chmod(root.c_str(), 0700);
    expect_refused("directory_unreachable", root.string());
}

TEST_F(PostgresTest, KeepsItsDirectoryToItselfAndItsData) {
    Postgres postgres(options);
    postgres.start();
    expect_refused("directory_in_use", "Another server");
    ScriptSession(postgres.server_dsn(), "postgres", "atalaya_super")
        .run("create table kept as select 42 as n");
    postgres.stop();
    EXPECT_TRUE(finding("directory_in_use").ok);
    EXPECT_EQ(postgres.pid(), 0);
    EXPECT_NE(read(options.directory / "postgres.log").find("database system is shut down"),
              std::string::npos);

    Postgres again(options);
    again.start();
    ScriptSession session(again.server_dsn(), "postgres", "atalaya_super");
    EXPECT_EQ(session.value("select n from kept"), "42");
}

TEST_F(PostgresTest, IsClosedToTheOutside) {
    Postgres postgres(options);
    postgres.start();
    ScriptSession session(postgres.server_dsn(), "postgres", "atalaya_super");
    EXPECT_EQ(session.value("show listen_addresses"), "");
    EXPECT_EQ(session.value("show data_checksums"), "on");
    EXPECT_EQ(session.value("show synchronous_commit"), "on");
    EXPECT_EQ(session.value("select count(*) from pg_hba_file_rules where auth_method <> 'peer'"),
              "0");
    struct stat entry {};
    ASSERT_EQ(stat(choose_socket_dir(options).c_str(), &entry), 0);
    EXPECT_EQ(entry.st_mode & 0777, 0700u);
    ASSERT_EQ(stat(("/proc/" + std::to_string(postgres.pid())).c_str(), &entry), 0);
    EXPECT_NE(entry.st_uid, 0u);
}

TEST_F(PostgresTest, LeavesNoSocketDirectoryBehind) {
    options.directory = root / std::string(100, 'x');
    const fs::path socket_dir = choose_socket_dir(options);
    Postgres postgres(options);
    postgres.start();
    EXPECT_TRUE(fs::exists(socket_dir));
    postgres.stop();
    EXPECT_FALSE(fs::exists(socket_dir));
}

TEST_F(PostgresTest, WritesNoValueIntoItsLog) {
    Postgres postgres(options);
    postgres.start();
    ScriptSession session(postgres.server_dsn(), "postgres", "atalaya_super");
    session.run("create table people (mail text unique)");
    const std::string insert = "insert into people values ($1)";
    session.value(insert, {"ada@example.com"});
    EXPECT_THROW(session.value(insert, {"ada@example.com"}), std::exception);
    EXPECT_THROW(session.value("select $1::int", {"ada@example.com"}), std::exception);
    EXPECT_THROW(session.run("select 'ada@example.com' from nowhere"), std::exception);
    postgres.stop();
    const std::string log = read(options.directory / "postgres.log");
    EXPECT_NE(log.find("ready to accept connections"), std::string::npos);
    EXPECT_EQ(log.find("ada@example.com"), std::string::npos) << log;
}

TEST_F(PostgresTest, StartsAgainAfterItWasKilled) {
    Postgres postgres(options);
    postgres.start();
    const int first = postgres.pid();
    ScriptSession(postgres.server_dsn(), "postgres", "atalaya_super")
        .run("create table kept as select 42 as n");
    kill(first, SIGKILL);
    std::optional<std::string> kept;
    for (const auto deadline = std::chrono::steady_clock::now() + 20s;
         !kept && std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(5ms)) {
        try {
            kept = ScriptSession(postgres.server_dsn(), "postgres", "atalaya_super")
                       .value("select n from kept");
        } catch (const std::exception&) {
        }
    }
    EXPECT_EQ(kept, "42");
    EXPECT_GE(postgres.restarts(), 1);
    EXPECT_NE(postgres.pid(), first);
}

TEST_F(PostgresTest, EndsWithTheProgramThatStartedItAndMakesWayForTheNext) {
    const Orphan orphan = make_orphan();
    Postgres next(options); // while the orphan is still shutting down
    next.start();
    EXPECT_NE(next.pid(), orphan.postmaster);
    EXPECT_NE(log().find("received fast shutdown request"), std::string::npos);
}

/// Once a start gave up here: it read as the reason what the old server answers to those who
/// connect while it shuts down, and that is no reason that passes.
TEST_F(PostgresTest, WaitsForAnOrphanThatTakesItsTime) {
    const Orphan orphan = make_orphan(SIGSTOP);
    std::thread patience([&] {
        const auto deadline = std::chrono::steady_clock::now() + 2min;
        while (count("lock file", log()) < 4 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(5ms);
        kill(orphan.checkpointer, SIGCONT);
    });
    Postgres next(options);
    EXPECT_NO_THROW(next.start());
    patience.join();
    EXPECT_GE(count("lock file", log()), 4u);
    EXPECT_GE(count("FATAL:  the database system is shutting down", log()), 1u);
}

TEST_F(PostgresTest, ForgetsAClusterThatWasOnlyHalfMade) {
    write(options.directory / "data.new" / "PG_VERSION", "15\n");
    Postgres postgres(options);
    postgres.start();
    EXPECT_FALSE(fs::exists(options.directory / "data.new"));
}

TEST_F(PostgresTest, SaysWhyItDoesNotStart) {
    Postgres(options).start();
    write(options.directory / "data" / "postgresql.auto.conf", "shared_buffers = 'plenty'\n");
    EXPECT_EQ(start_refusal(), "start_failed");
}

} // namespace
} // namespace atalaya::db
