#include "base/text.hpp"
#include "db/error.hpp"
#include "db/script_session.hpp"
#include "db/selftest.hpp"
#include "db_sql.hpp"
#include "support/pgtest.hpp"

#include <gtest/gtest.h>

#include <set>

namespace atalaya::db {
namespace {

/// Every kind of table, as modules make them. The self-test has nothing to say about it.
constexpr std::string_view sound_schema = R"(
    set local role atalaya_owner;
    create table app.gadgets (team_id uuid not null, id uuid primary key, note text not null,
                              unique (team_id, id), unique (team_id, note));
    select ctl.protect('app.gadgets');
    select ctl.audit('app.gadgets');
    create table app.pieces (team_id uuid not null, id uuid primary key, gadget_id uuid,
                             unique (team_id, id),
                             foreign key (team_id, gadget_id) references app.gadgets (team_id, id)
                                 on delete set null (gadget_id));
    select ctl.protect('app.pieces');
    select ctl.audit('app.pieces');
    create table app.samples (team_id uuid not null, at timestamptz not null, v float8)
        partition by range (at);
    select ctl.protect('app.samples', verbs => 'select, insert');
    select ctl.leave_unaudited('app.samples', 'measurements');
    create table app.samples_1 partition of app.samples
        for values from ('2026-01-01') to ('2027-01-01');
    select ctl.protect('app.samples_1');
    create table app.templates (id uuid primary key, body text);
    select ctl.protect('app.templates', 'global');
    select ctl.leave_unaudited('app.templates', 'changes with releases only');
    create table idn.accounts (id uuid primary key, email_index bytea not null unique);
    select ctl.protect('idn.accounts', 'platform');
    select ctl.audit('idn.accounts');
    create table idn.memberships (team_id uuid not null, user_id uuid not null, role text not null,
                                  primary key (team_id, user_id));
    select ctl.protect('idn.memberships', 'member');
    select ctl.audit('idn.memberships');
    create view app.notes with (security_invoker = true, security_barrier = true) as
        select note from app.gadgets;
)";

struct Case {
    std::string sql;                ///< as superuser
    std::set<std::string> breaches; ///< "rule object"
};

const Case cases[] = {
    {"set local role atalaya_owner; create table app.loose (id uuid primary key);"
     "select ctl.protect('app.loose', 'platform'); select ctl.leave_unaudited('app.loose', 'x')",
     {"table-without-team_id app.loose"}},
    {"alter table app.samples alter team_id drop not null",
     {"team_id-nullable app.samples", "team_id-nullable app.samples_1"}},
    {"alter table app.gadgets no force row level security",
     {"rls-not-enabled-or-forced app.gadgets"}},
    {"alter table app.samples_1 disable row level security",
     {"rls-not-enabled-or-forced app.samples_1"}},
    {"alter table aud.events no force row level security",
     {"rls-not-enabled-or-forced aud.events"}},
    {"alter table aud.heads disable row level security", {"rls-not-enabled-or-forced aud.heads"}},
    {"alter policy guard on app.gadgets using (team_id is not null)",
     {"no-restrictive-guard app.gadgets"}},
    {"alter policy guard on app.gadgets with check (true)", {"no-restrictive-guard app.gadgets"}},
    {"alter policy guard on idn.accounts using (true)", {"no-restrictive-guard idn.accounts"}},
    {"alter policy guard on app.samples_1 to atalaya_app",
     {"no-restrictive-guard app.samples_1", "permissive-true-policy app.samples_1.allow"}},
    {"create policy extra on app.gadgets for update to atalaya_app using (team_id = ctx.team())",
     {"policy-without-with-check app.gadgets.extra"}},
    {"drop policy guard on app.gadgets",
     {"no-restrictive-guard app.gadgets", "permissive-true-policy app.gadgets.allow"}},
    {"create function ctx.frozen() returns uuid immutable language sql as 'select null::uuid';"
     "create policy extra on app.gadgets for select using (team_id = ctx.frozen())",
     {"policy-function-immutable app.gadgets.extra -> ctx.frozen()"}},
    {"grant select on app.samples_1 to atalaya_app", {"partition-reachable-by-app app.samples_1"}},
    {"grant insert on app.samples_1 to atalaya_sched",
     {"partition-reachable-by-app app.samples_1"}},
    {"grant truncate on app.gadgets to atalaya_app",
     {"app-has-truncate/references/trigger app.gadgets"}},
    {"grant references on app.gadgets to public",
     {"app-has-truncate/references/trigger app.gadgets"}},
    {"grant trigger on aud.events to atalaya_auth",
     {"app-has-truncate/references/trigger aud.events"}},
    {"grant select on aud.heads to atalaya_signer", {"signer-reaches-table aud.heads"}},
    {"grant execute on function aud.signer_heads() to atalaya_app",
     {"signer-function-shared aud.signer_heads() with atalaya_app"}},
    {"alter role atalaya_signer rename to somebody", {"signer-missing atalaya_signer"}},
    {"drop trigger append_only_rows on aud.checkpoints",
     {"record-not-append-only aud.checkpoints.append_only_rows"}},
    {"create view app.open as select note from app.gadgets",
     {"view-not-security_invoker app.open"}},
    {"create materialized view app.frozen as select note from app.gadgets;"
     "grant select on app.frozen to atalaya_app",
     {"matview-reachable-by-app app.frozen"}},
    {"alter table app.pieces add constraint loose foreign key (gadget_id) references app.gadgets "
     "(id)",
     {"fk-not-tenant-composite loose on app.pieces"}},
    {"create unique index by_note on app.gadgets (note)",
     {"unique-not-tenant-prefixed app.by_note"}},
    {"create unique index by_note on app.gadgets (note, team_id)",
     {"unique-not-tenant-prefixed app.by_note"}},
    {"create unique index by_note on app.gadgets (lower(note))",
     {"unique-not-tenant-prefixed app.by_note"}},
    {"set local role atalaya_owner;"
     "create function aud.loose() returns int security definer language sql as 'select 1'",
     {"secdef-without-search_path aud.loose()"}},
    {"grant execute on function ctx.team() to public", {"secdef-public-execute ctx.team()"}},
    {"create function app.leaky(text) returns bool leakproof language sql as 'select true'",
     {"user-leakproof-function app.leaky(text)"}},
    {"alter role atalaya_app createdb", {"role-too-powerful atalaya_app"}},
    {"alter role atalaya_auth bypassrls", {"role-too-powerful atalaya_auth"}},
    {"grant atalaya_owner to atalaya_app", {"role-is-member-of atalaya_app of atalaya_owner"}},
    {"create sequence glob.numbers; alter sequence glob.numbers owner to atalaya_app",
     {"app-owns glob.numbers"}},
    {"grant create on schema app to atalaya_app", {"schema-create atalaya_app in app"}},
    {"create sequence app.numbers; grant select on sequence app.numbers to atalaya_app",
     {"sequence-select app.numbers"}},
    {"set local role atalaya_owner; create table app.loose (team_id uuid not null);"
     "select ctl.protect('app.loose')",
     {"table-not-decided app.loose"}},
    {"create table app.loose (team_id uuid not null)",
     {"no-restrictive-guard app.loose", "rls-not-enabled-or-forced app.loose",
      "table-not-decided app.loose"}},
    {"drop trigger audited on app.gadgets", {"audit-trigger-missing app.gadgets"}},
    {"drop trigger audited_table on idn.accounts", {"audit-trigger-missing idn.accounts"}},
    {"drop trigger audited on app.gadgets; create constraint trigger audited after update of note "
     "on "
     "app.gadgets deferrable initially deferred for each row execute function aud.demand_event();"
     "alter table app.gadgets enable always trigger audited",
     {"audit-trigger-missing app.gadgets"}},
    {"alter table app.gadgets disable trigger audited",
     {"audit-trigger-not-always app.gadgets.audited"}},
    {"alter table app.gadgets enable trigger audited",
     {"audit-trigger-not-always app.gadgets.audited"}},
    {"alter table aud.events enable replica trigger append_only_rows",
     {"audit-trigger-not-always aud.events.append_only_rows"}},
    {"drop trigger append_only_move on aud.heads",
     {"record-not-append-only aud.heads.append_only_move"}},
    {"grant insert on aud.events to atalaya_app", {"record-writable aud.events by atalaya_app"}},
    {"create function app.loose() returns int security definer set search_path = pg_catalog "
     "language sql "
     "as 'select 1'; revoke execute on function app.loose() from public",
     {"secdef-outside-its-schemas app.loose()"}},
    {"grant update on app.templates to atalaya_app",
     {"global-writable app.templates by atalaya_app"}},
    {"create table glob.loose (id uuid primary key); alter table glob.loose owner to atalaya_owner;"
     "grant insert on glob.loose to atalaya_auth",
     {"table-without-team_id glob.loose", "rls-not-enabled-or-forced glob.loose",
      "no-restrictive-guard glob.loose", "table-not-decided glob.loose",
      "global-writable glob.loose by atalaya_auth"}},
};

std::set<std::string> names(const std::vector<Breach>& breaches) {
    std::set<std::string> out;
    for (const Breach& breach : breaches)
        out.insert(breach.rule + " " + breach.object);
    return out;
}

struct SoundDatabase : pgtest::TestDatabase {
    SoundDatabase() { as_superuser(sound_schema); }
};

TEST(SelfTest, HasNothingToSayAboutASoundSchema) {
    const SoundDatabase database;
    Connection connection(database.options());
    SystemRandom random;
    EXPECT_EQ(names(run_selftest(connection, random)), std::set<std::string>{});
}

/// Breaks the schema, asks the self-test as the app role, and takes it all back.
std::set<std::string> breaches_after(ScriptSession& session, const std::string& sql) {
    session.run("begin");
    session.run(sql);
    session.run("set local session authorization atalaya_app; set local search_path = pg_catalog");
    const std::string found = session
                                  .value("select string_agg(rule || ' ' || object, e'\\n') from (" +
                                         std::string(sql::db::selftest.text) + ") s")
                                  .value_or("");
    session.run("rollback");
    std::set<std::string> out;
    for (const std::string_view line : split(found, '\n'))
        if (!line.empty())
            out.emplace(line);
    return out;
}

TEST(SelfTest, NamesEachRuleThatIsBroken) {
    const SoundDatabase database;
    ScriptSession session(pgtest::server_dsn(), database.name(), "atalaya_super");
    EXPECT_EQ(breaches_after(session, "select"), std::set<std::string>{});
    for (const Case& one : cases)
        EXPECT_EQ(breaches_after(session, one.sql), one.breaches) << one.sql;
    EXPECT_EQ(
        breaches_after(session, "grant temp on database " + database.name() + " to atalaya_sched"),
        std::set<std::string>{"temp-privilege atalaya_sched in " + database.name()});
}

// The server at hand is new enough, therefore the rule is asked for a newer one.
TEST(SelfTest, NamesAnOldServer) {
    const SoundDatabase database;
    std::string text(sql::db::selftest.text);
    const auto at = text.find("150014");
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(database.value(text, "atalaya_app"), std::nullopt);
    text.replace(at, 6, "990000");
    EXPECT_EQ(database.value(text, "atalaya_app"), "version");
}

TEST(SelfTest, NamesAnotherRole) {
    const SoundDatabase database;
    EXPECT_EQ(database.value(sql::db::selftest.text, "atalaya_super"), "connected-as-wrong-role");
}

// Every rule of the statement is broken somewhere above.
TEST(SelfTest, HasNoRuleThatIsNeverBroken) {
    std::set<std::string> tried{"version", "temp-privilege", "connected-as-wrong-role"};
    for (const Case& one : cases)
        for (const std::string& breach : one.breaches)
            tried.insert(breach.substr(0, breach.find(' ')));
    std::set<std::string> rules;
    for (const std::string_view line : split(sql::db::selftest.text, '\n'))
        if (line.starts_with("select '"))
            rules.emplace(line.substr(8, line.find('\'', 8) - 8));
    EXPECT_EQ(rules.size(), 34u);
    EXPECT_EQ(rules, tried);
}

TEST(Probe, SeesEachWayAcross) {
    struct Hole {
        std::string sql, undo;
        std::set<std::string> breaches;
    };
    const Hole holes[] = {
        {"alter policy guard on app.canaries using (true)",
         "alter policy guard on app.canaries using (team_id = (select ctx.team()))",
         {"probe change: db.touch_canary: 42501 new row violates row-level security policy "
          "\"guard\" for "
          "table \"canaries\"",
          "probe delete: 1 rows", "probe read own: 2 rows",
          "probe read with a forged context: 2 rows", "probe read without context: 2 rows"}},
        {"alter policy guard on app.canaries with check (true)",
         "alter policy guard on app.canaries with check (team_id = (select ctx.team()))",
         {"probe insert: 1 rows"}},
        {"alter table app.canaries drop constraint canaries_team_id_parent_id_fkey,"
         "add constraint loose foreign key (parent_id) references app.canaries (id)",
         "alter table app.canaries drop constraint loose,"
         "add foreign key (team_id, parent_id) references app.canaries (team_id, id)",
         {"probe refer: 1 rows"}},
        {"grant truncate on app.canaries to atalaya_app",
         "revoke truncate on app.canaries from atalaya_app",
         {"probe truncate: 0 rows"}},
        {"grant update on aud.heads to atalaya_app",
         "revoke update on aud.heads from atalaya_app",
         {"probe move a head of the record: 0 rows"}},
        {"grant delete on aud.events to atalaya_app",
         "revoke delete on aud.events from atalaya_app",
         {"probe erase the record: 0 rows"}},
        {"create or replace function ctx.team() returns uuid language sql stable as "
         "$$ select substr(nullif(current_setting('app.ctx', true), ''), 65, 36)::uuid $$",
         "",
         {"probe read with a forged context: 1 rows"}},
    };
    const SoundDatabase database;
    ScriptSession session(pgtest::server_dsn(), database.name(), "atalaya_super");
    SystemRandom random;
    for (const Hole& hole : holes) {
        session.run(hole.sql);
        Connection connection(database.options());
        EXPECT_EQ(names(probe_isolation(connection, random)), hole.breaches) << hole.sql;
        session.run(hole.undo);
    }
}

TEST(Probe, LeavesNothingBehind) {
    const SoundDatabase database;
    Connection connection(database.options());
    SystemRandom random;
    probe_isolation(connection, random);
    EXPECT_EQ(database.value("select count(*)::text from app.canaries"), "0");
}

} // namespace
} // namespace atalaya::db
