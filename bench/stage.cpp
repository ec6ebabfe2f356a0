#include "bench/stage.hpp"

#include "audit_sql.hpp"
#include "base/text.hpp"
#include "db/migrate.hpp"
#include "db/script_session.hpp"
#include "db/tx.hpp"
#include "db_sql.hpp"

#include <array>
#include <sys/stat.h>

namespace atalaya::bench {
namespace {

constexpr std::string_view database = "bench";

/// Such a table as a module has. The rows come before ctl.audit, which would demand an event.
constexpr std::string_view audited_table = R"(
    set role atalaya_owner;
    create table app.things (team_id uuid not null, id uuid not null, note text not null,
                             revision bigint not null default 1, primary key (team_id, id));
    select ctl.protect('app.things');
    reset role;
)";
constexpr std::string_view plain_table = R"(
    set role atalaya_owner;
    select ctl.audit('app.things');
    reset role;
    create table public.things_plain (id bigint primary key, team_id uuid not null,
                                      note text not null, revision bigint not null default 1);
    insert into public.things_plain (id, team_id, note)
    select row_number() over (), team_id, note from app.things;
    analyze;
)";

constexpr std::array<std::string_view, 3> update_params{"team_id", "id", "note"};

} // namespace

const db::Statement update_thing{
    "bench.update_thing",
    "update app.things set note = $3, revision = revision + 1 where team_id = $1 and id = $2",
    update_params, true};

audit::Event describe_update(const Uuid& thing) {
    audit::Event event{.action = "thing.update",
                       .resource_type = "thing",
                       .resource_id = thing,
                       .resource_name = "Left door"};
    event.changes.push(shape::json_object(
        {{"field", "note"}, {"before", "the note before"}, {"after", "the note after"}}));
    return event;
}

Stage::Stage(const std::filesystem::path& directory) : directory_(directory) {
    // PostgreSQL's own user must pass through.
    std::filesystem::create_directories(directory);
    chmod(directory.c_str(), 0711);
    db::PostgresOptions options;
    options.directory = directory / "postgres";
    postgres_ = std::make_unique<db::Postgres>(options);
    postgres_->start();

    keyring = keyring::Keyring::open(directory / "keyring", random);
    sealer = std::make_unique<audit::KeyringSealer>(*keyring);
    seal_key = keyring->system_key("audit_seal");
    context_key_ = keyring->system_key("context");
    const std::string server = postgres_->server_dsn();
    db::bootstrap(server, std::string(database));
    db::migrate(server, std::string(database), {sql::db::migrations, sql::audit::migrations});
    db::set_context_key(server, std::string(database), context_key_);
    person = UserId(random.uuid());
    keyring->create_key(person);
    add_teams(team_count);
    make_tables();
}

void Stage::add_teams(std::size_t count) {
    db::Connection connection(connection_options());
    while (teams.size() < count) {
        const TeamId team{random.uuid()};
        keyring->create_key(team);
        db::transact(connection, {team, UserId{}},
                     [&](db::Tx& tx) { audit::open_chain(tx, team); });
        teams.push_back(team);
    }
}

void Stage::make_tables() {
    db::ScriptSession session(postgres_->server_dsn(), database, "atalaya_super");
    session.run(audited_table);
    for (const TeamId& team : teams) {
        std::string rows;
        for (int i = 0; i < things_per_team; ++i) {
            things.push_back(random.uuid());
            rows += (i == 0 ? "('" : ",('") + to_string(team) + "','" + to_string(things.back()) +
                    "','the note before')";
        }
        session.run("insert into app.things (team_id, id, note) values " + rows);
    }
    session.run(plain_table);
    session.run("checkpoint"); // so that no round pays for what was just filled in
}

db::ConnectionOptions Stage::connection_options() const {
    db::ConnectionOptions out;
    out.dsn = postgres_->dsn(std::string(database));
    out.context_key = context_key_;
    return out;
}

std::string Stage::plain_dsn() const {
    return postgres_->dsn(std::string(database)) + " user=atalaya_super";
}

audit::Actor Stage::actor() const {
    return {.kind = audit::ActorKind::user,
            .user = person,
            .name = "Ada Example",
            .ip = "192.0.2.45",
            .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            .request_id = "req_0123456789abcdef"};
}

} // namespace atalaya::bench
