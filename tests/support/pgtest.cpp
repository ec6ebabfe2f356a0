#include "support/pgtest.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "db/script_session.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sys/stat.h>

namespace atalaya::pgtest {
namespace {

constexpr std::string_view template_name = "template_atalaya";

/// What lives as long as the test program.
struct World {
    World();
    ~World();

    std::filesystem::path directory;
    std::unique_ptr<db::Postgres> postgres;
    Secret context_key;
    std::atomic<int> databases{0};

    std::mutex mutex;
    std::set<std::string> executed; ///< names of statements
};

std::unique_ptr<World> world;

World& the_world() {
    if (!world)
        world = std::make_unique<World>();
    return *world;
}

World::World() {
    std::string name = (std::filesystem::temp_directory_path() / "pgtest-XXXXXX").string();
    CHECK(mkdtemp(name.data()) != nullptr);
    directory = name;
    CHECK(chmod(name.c_str(), 0711) == 0); // the server's user passes through
    db::PostgresOptions options;
    options.directory = directory / "postgres";
    options.fsync = false;
    options.shared_buffers = "32MB";
    postgres = std::make_unique<db::Postgres>(options);
    postgres->start();

    context_key = Secret(SystemRandom().bytes(32));
    const std::string server = postgres->server_dsn();
    const std::string database(template_name);
    db::bootstrap(server, database);
    db::migrate(server, database, migrations());
    const bool has_walls = db::ScriptSession(server, database, "atalaya_super")
                               .value("select 1 from pg_proc where proname = 'set_key'")
                               .has_value();
    if (has_walls)
        db::set_context_key(server, database, context_key);
}

World::~World() {
    postgres->stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    if (const char* dump = std::getenv("ATALAYA_EXECUTED_STATEMENTS")) {
        std::ofstream out(dump, std::ios::app);
        for (const std::string& name : executed)
            out << name << "\n";
    }
}

} // namespace

db::Postgres& server() { return *the_world().postgres; }
std::string server_dsn() { return server().server_dsn(); }
std::filesystem::path data_directory() { return the_world().directory / "postgres" / "data"; }

TestDatabase::TestDatabase() : name_("test_" + std::to_string(++the_world().databases)) {
    db::ScriptSession session(server_dsn(), "postgres", "atalaya_super");
    session.run("create database " + name_ + " template " + std::string(template_name) +
                " strategy file_copy");
    db::bootstrap(server_dsn(),
                  name_); // a clone does not take over the privileges on the database itself
}

TestDatabase::~TestDatabase() {
    try {
        db::ScriptSession(server_dsn(), "postgres", "atalaya_super")
            .run("drop database " + name_ + " with (force)");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s stays: %s\n", name_.c_str(), error.what());
    }
}

std::string TestDatabase::dsn() const { return server().dsn(name_); }

db::ConnectionOptions TestDatabase::options(std::string_view role) const {
    db::ConnectionOptions out;
    out.dsn = dsn();
    out.role = role;
    out.context_key = the_world().context_key;
    out.on_first_use = note_executed;
    return out;
}

void note_executed(const db::Statement& statement) {
    World& known = the_world();
    const std::lock_guard lock(known.mutex);
    known.executed.emplace(statement.name);
}

void TestDatabase::as(std::string_view role, std::string_view sql) const {
    db::ScriptSession(server_dsn(), name_, role).run(sql);
}

std::optional<std::string> TestDatabase::value(std::string_view sql, std::string_view role) const {
    return db::ScriptSession(server_dsn(), name_, role).value(sql);
}

namespace {

/// Whether the statement writes an audited table, as far as its text names the tables.
constexpr std::string_view writes_audited = R"(
    select bool_or(t.audited)
    from regexp_matches($1, '(?:insert\s+into|update|delete\s+from)\s+([a-z_]+\.[a-z_0-9]+)', 'gi')
         as found (names)
    join ctl.tables t on t.name = found.names[1])";

std::optional<std::string> find_mark_fault(db::ScriptSession& session,
                                           const db::Statement& statement) {
    const auto audited = session.value(writes_audited, {std::string(statement.text)});
    if (!statement.writes || !audited || (*audited == "t") == statement.owes_event)
        return std::nullopt;
    return statement.owes_event ? "writes what is not audited: mark it `-- unaudited`"
                                : "is marked `-- unaudited` and writes what is audited";
}

} // namespace

std::vector<std::string>
unpreparable(const TestDatabase& database,
             const std::vector<std::span<const db::Statement* const>>& rooms,
             std::string_view role) {
    db::ScriptSession session(server_dsn(), database.name(), role);
    std::vector<std::string> out;
    for (const auto& room : rooms) {
        for (const db::Statement* statement : room) {
            if (const auto fault = session.find_prepare_fault(statement->text))
                out.push_back(std::string(statement->name) + ": " + *fault);
            else if (const auto mark = find_mark_fault(session, *statement))
                out.push_back(std::string(statement->name) + ": " + *mark);
        }
    }
    return out;
}

} // namespace atalaya::pgtest

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const int status = RUN_ALL_TESTS();
    atalaya::pgtest::world.reset();
    return status;
}
