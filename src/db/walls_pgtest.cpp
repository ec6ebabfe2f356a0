#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/error.hpp"
#include "db/script_session.hpp"
#include "support/pgtest.hpp"

#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

const std::string ada = "aaaaaaaa-0000-4000-8000-000000000001";
const std::string bob = "bbbbbbbb-0000-4000-8000-000000000002";
const std::string red = "11111111-0000-4000-8000-000000000001";
const std::string blue = "22222222-0000-4000-8000-000000000002";
const std::string nobody = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view far_away = "4000000000"; // unix seconds

/// One session of the app role in a database with a fence of every kind, and the key with which to
/// seal.
class Walls : public ::testing::Test {
  protected:
    Walls() {
        database_.as_superuser(R"(
            set local role atalaya_owner;
            create table app.gadgets (team_id uuid not null, id int not null,
                                      primary key (team_id, id));
            select ctl.protect('app.gadgets');
            create table app.samples (team_id uuid not null, at int not null)
                partition by range (at);
            select ctl.protect('app.samples', verbs => 'select, insert');
            create table app.samples_1 partition of app.samples for values from (0) to (100);
            select ctl.protect('app.samples_1');
            create table app.templates (body text);
            select ctl.protect('app.templates', 'global');
            insert into app.templates values ('blank');
            create table idn.accounts (id uuid primary key);
            select ctl.protect('idn.accounts', 'platform');
            create table idn.memberships (team_id uuid not null, user_id uuid not null,
                                          role text not null,
                                          primary key (team_id, user_id));
            select ctl.protect('idn.memberships', 'member'))");
        database_.as_superuser("insert into app.gadgets values ('" + red + "', 1), ('" + blue +
                               "', 2);" + "insert into idn.accounts values ('" + ada + "');" +
                               "insert into idn.memberships values ('" + red + "', '" + ada +
                               "', 'owner'), ('" + blue + "', '" + ada + "', 'member'), ('" + blue +
                               "', '" + bob + "', 'owner')");
        const Secret key(random_.bytes(32));
        set_context_key(pgtest::server_dsn(), database_.name(), key);
        key_ = key;
        app_.run("begin");
    }

    std::string sealed(const std::string& team, const std::string& actor,
                       std::string_view until = far_away, std::string_view pid = {}) {
        const std::string claims = team + actor + std::string(until);
        const std::string place =
            (pid.empty() ? app_.value("select pg_backend_pid()").value() : std::string(pid)) + "|" +
            app_.value("select (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint")
                .value();
        return to_hex(
                   crypto::hmac_sha256(key_.reveal(), as_bytes("ctx1|" + claims + "|" + place))) +
               claims;
    }
    void enter(const std::string& context) {
        app_.value("select set_config('app.ctx', $1, true)", {context});
    }
    void enter(const std::string& team, const std::string& actor) { enter(sealed(team, actor)); }
    std::string ask(const std::string& sql) { return app_.value(sql).value_or("nothing"); }
    /// SQLSTATE of what must fail; the transaction goes on.
    std::string refusal(const std::string& sql) {
        app_.run("savepoint before");
        try {
            app_.run(sql);
        } catch (const Error& error) {
            app_.run("rollback to before");
            return error.sqlstate();
        }
        return "none";
    }

    pgtest::TestDatabase database_;
    SystemRandom random_;
    Secret key_;
    ScriptSession app_{pgtest::server_dsn(), database_.name(), "atalaya_app"};
};

TEST_F(Walls, ContextTellsTeamAndActor) {
    EXPECT_EQ(ask("select ctx.team()"), "nothing");
    EXPECT_EQ(ask("select ctx.actor()"), "nothing");
    enter(red, ada);
    EXPECT_EQ(ask("select ctx.team()"), red);
    EXPECT_EQ(ask("select ctx.actor()"), ada);
    enter("");
    EXPECT_EQ(ask("select ctx.team()"), "nothing");
}

TEST_F(Walls, ContextThatIsNotSealedForThisSessionIsRefused) {
    std::string forged = sealed(red, ada);
    forged.replace(64, 36, blue);
    std::string other_actor = sealed(red, ada);
    other_actor.replace(100, 36, bob);
    std::string longer = sealed(red, ada, "1");
    longer += "000000000";
    for (const std::string& context : {forged, other_actor, longer, sealed(red, ada, "1700000000"),
                                       sealed(red, ada, far_away, "1"), red + ada, std::string("x"),
                                       std::string(64, '0') + red + ada + std::string(far_away)}) {
        app_.run("savepoint mark");
        enter(context);
        EXPECT_EQ(refusal("select ctx.team()"), "42501") << context;
        EXPECT_EQ(refusal("select ctx.actor()"), "42501") << context;
        EXPECT_EQ(refusal("select * from app.gadgets"), "42501") << context;
        app_.run("rollback to mark");
    }
}

TEST_F(Walls, KeyOfTheContextIsForTheMigratorOnly) {
    EXPECT_EQ(refusal("select * from ctx.k"), "42501");
    EXPECT_EQ(
        refusal(
            "select ctx.set_key(decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex'))"),
        "42501");
}

TEST_F(Walls, TeamSeesItsRowsOnly) {
    EXPECT_EQ(ask("select count(*) from app.gadgets"), "0");
    enter(red, ada);
    EXPECT_EQ(ask("select id from app.gadgets"), "1");
    enter(nobody, nobody);
    EXPECT_EQ(ask("select count(*) from app.gadgets"), "0");
}

TEST_F(Walls, PartitionIsReachedThroughItsParentOnly) {
    enter(red, ada);
    app_.run("insert into app.samples values ('" + red + "', 5)");
    EXPECT_EQ(ask("select count(*) from app.samples"), "1");
    EXPECT_EQ(refusal("select * from app.samples_1"), "42501");
    EXPECT_EQ(refusal("update app.samples set at = 6"), "42501"); // not among the verbs
    enter(blue, ada);
    EXPECT_EQ(ask("select count(*) from app.samples"), "0");
}

TEST_F(Walls, PlatformTablesOpenInThePlatformsScopeOnly) {
    enter(red, ada);
    EXPECT_EQ(ask("select count(*) from idn.accounts"), "0");
    EXPECT_EQ(refusal("insert into idn.accounts values ('" + bob + "')"), "42501");
    enter(nobody, nobody);
    EXPECT_EQ(ask("select count(*) from idn.accounts"), "1");
}

TEST_F(Walls, MembershipsOfOtherTeamsAreReadByTheMemberOnly) {
    enter(nobody, ada);
    EXPECT_EQ(ask("select count(*) from idn.memberships"), "2");
    enter(nobody, bob);
    EXPECT_EQ(ask("select count(*) from idn.memberships"), "1");
    enter(nobody, nobody);
    EXPECT_EQ(ask("select count(*) from idn.memberships"), "0");
    enter(red, ada);
    EXPECT_EQ(ask("select count(*) from idn.memberships"), "2");
    // Reading is all: in red's context, blue's rows stay as they are.
    EXPECT_EQ(ask("with u as (update idn.memberships set role = 'owner' returning 1) "
                  "select count(*) from u"),
              "1");
    EXPECT_EQ(ask("with d as (delete from idn.memberships returning 1) select count(*) from d"),
              "1");
    EXPECT_EQ(refusal("insert into idn.memberships values ('" + blue + "', '" + ada + "', 'x')"),
              "42501");
}

TEST_F(Walls, GlobalTablesAreReadOnly) {
    enter(red, ada);
    EXPECT_EQ(ask("select body from app.templates"), "blank");
    EXPECT_EQ(refusal("delete from app.templates"), "42501");
}

TEST_F(Walls, NothingLeaksThroughTheCatalogue) {
    enter(red, ada);
    for (const std::string sql :
         {"select * from pg_stat_activity", "select pg_stat_get_activity(null)",
          "select lo_create(0)", "create temp table t (x int)", "create table public.t (x int)",
          "create schema s", "set role atalaya_owner", "set session_replication_role = replica",
          "alter table app.gadgets disable row level security", "drop policy guard on app.gadgets",
          "select ctl.protect('app.gadgets')", "update ctl.tables set audited = false"})
        EXPECT_EQ(refusal(sql), "42501") << sql;
    EXPECT_EQ(refusal("set local row_security = off; select * from app.gadgets"), "42501");
}

TEST_F(Walls, OtherRolesReachNoTeamsRows) {
    for (const std::string_view role : {"atalaya_auth", "atalaya_sched"})
        EXPECT_THROW(database_.value("select id from app.gadgets", role), Error) << role;
    // Even the owner is under the guard.
    EXPECT_EQ(database_.value("select count(*) from app.gadgets", "atalaya_super"), "2");
    database_.as_superuser(
        "set role atalaya_owner; do $$ begin if exists (select from app.gadgets) then "
        "raise 'seen'; end if; end $$");
}

} // namespace
} // namespace atalaya::db
