// What holds when several servers share one database: the guards are statements, not the queues of
// one process. Each contender has a connection of its own and works where a handler does; a row
// that all of them need is held until every one waits, so that the race happens every time.
#include "api/house.hpp"
#include "base/text.hpp"
#include "crypto/token.hpp"
#include "crypto/totp.hpp"
#include "db/script_session.hpp"
#include "keyring/keyring.hpp"
#include "mailed_link_sql.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/team/members.hpp"
#include "modules/team/team.hpp"

#include <future>
#include <gtest/gtest.h>
#include <thread>

namespace atalaya::apitest {
namespace {

using shape::Json;

constexpr int contenders = 20;
constexpr const char* password = "seven green bicycles";

class Guards : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        // The demand for an event would serialise the contenders behind the head of a chain.
        database().run("alter table idn.totp disable trigger audited; "
                       "alter table idn.recovery_codes disable trigger audited; "
                       "alter table idn.members disable trigger audited; "
                       "alter table app.invitations disable trigger audited");
    }
    static void TearDownTestSuite() { house.reset(); }

    static db::ScriptSession database() {
        return {pgtest::server_dsn(), house->database(), "atalaya_super"};
    }
    static std::unique_ptr<db::Connection> connect() {
        db::ConnectionOptions options;
        options.dsn = pgtest::server_dsn() + " dbname=" + house->database();
        options.context_key = house->instance().services().keyring.system_key("context");
        options.role = "atalaya_app";
        return std::make_unique<db::Connection>(options);
    }
    using Act = std::function<bool(api::Call&)>;

    /// `act` in a transaction that is committed without a record; false also for a Problem.
    static bool contend(db::Connection& connection, const db::Scope& scope,
                        const api::Incoming& incoming, const Act& act) {
        api::Services& services = house->instance().services();
        bool won = false;
        try {
            db::run_transaction(connection, scope, [&](db::Tx& tx) {
                audit::Recorder recorder(services.heads, services.payload_sealer,
                                         services.audit_seal_key, services.clock, services.random,
                                         {});
                api::Call call(services, incoming, tx, recorder);
                won = act(call);
                tx.commit();
            });
        } catch (const Problem&) {
            return false;
        }
        return won;
    }
    static int count_waiting(db::ScriptSession& watcher) {
        return static_cast<int>(
            parse_integer(watcher
                              .value("select count(*) from pg_stat_activity where datname = "
                                     "current_database() and wait_event_type = 'Lock'")
                              .value())
                .value());
    }
    struct Contender {
        db::Scope scope;
        api::Incoming incoming;
    };
    /// How many of them win, all let loose at once on the rows that `held` locks.
    static int race(const std::string& held, const std::vector<Contender>& all, const Act& act) {
        db::ScriptSession holder = database();
        holder.run("begin");
        holder.run(held);
        std::vector<std::unique_ptr<db::Connection>> connections;
        for (std::size_t i = 0; i < all.size(); ++i)
            connections.push_back(connect());
        std::vector<std::future<bool>> running;
        for (std::size_t i = 0; i < all.size(); ++i) {
            running.push_back(std::async(std::launch::async, [&, i] {
                return contend(*connections[i], all[i].scope, all[i].incoming, act);
            }));
        }
        db::ScriptSession watcher = database();
        while (count_waiting(watcher) < static_cast<int>(all.size()))
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        holder.run("rollback");
        int won = 0;
        for (auto& one : running)
            won += one.get() ? 1 : 0;
        return won;
    }
    static std::vector<Contender> as_person(UserId user) {
        return std::vector<Contender>(contenders, Contender{{platform_team, user}, {}});
    }
    static Answer post(const Browser& browser, const std::string& path, const Json& body) {
        return house->call(browser, "POST", "/api/v1" + path, shape::write_json(body));
    }
    static Bytes from_base32(std::string_view text) {
        constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        Bytes out;
        unsigned held = 0;
        int bits = 0;
        for (const char c : text) {
            held = held << 5 | static_cast<unsigned>(alphabet.find(c));
            if ((bits += 5) >= 8)
                out.push_back(static_cast<std::uint8_t>(held >> (bits -= 8)));
        }
        return out;
    }
    static std::string code(const Secret& seed) {
        return crypto::totp_code(seed, crypto::totp_step(house->clock().now()));
    }
    /// Sets up the browser's second factor: the seed, and a recovery code.
    static std::pair<Secret, std::string> enrol(Browser& browser) {
        const Answer started =
            post(browser, "/me/totp", shape::json_object({{"password", password}}));
        Secret seed(from_base32(*started.json().find("secret")->if_string()));
        const Answer done =
            post(browser, "/me/totp/confirm", shape::json_object({{"code", code(seed)}}));
        EXPECT_EQ(done.status, 200) << done.body;
        browser.adopt(done);
        const Json shown = done.json();
        const std::string recovery = *shown.find("recovery_codes")->if_array()->front().if_string();
        house->clock().advance(std::chrono::seconds(30));
        return {std::move(seed), recovery};
    }

    static inline std::unique_ptr<House> house;
};

TEST_F(Guards, OneCodeOfTheAppIsTakenOnce) {
    Browser ada = house->sign_up("Ada Example", "ada@example.com", "Ada's");
    const auto [seed, recovery] = enrol(ada);
    const std::string shown = code(seed);
    EXPECT_EQ(
        race("select from idn.totp for update", as_person(ada.user),
             [&](api::Call& call) { return second_factor::accept_code(call, ada.user, shown); }),
        1);
}

TEST_F(Guards, OneRecoveryCodeIsTakenOnce) {
    Browser bob = house->sign_up("Bob Example", "bob@example.com", "Bob's");
    const auto [seed, recovery] = enrol(bob);
    api::Incoming incoming;
    api::SlowCall slow(house->instance().services(), incoming);
    const auto known = second_factor::find_recovery_code(slow, bob.user, recovery);
    ASSERT_TRUE(known);
    EXPECT_EQ(race("select from idn.recovery_codes for update", as_person(bob.user),
                   [&](api::Call& call) {
                       return second_factor::accept_recovery_code(call, bob.user, *known);
                   }),
              1);
}

TEST_F(Guards, OneLinkOfAForgottenPasswordIsTakenOnce) {
    const Browser hal = house->sign_up("Hal Example", "hal@example.com", "Hal's");
    const auto hash = crypto::token_hash("a token");
    database().run("insert into idn.password_resets (user_id, token_hash, expires_at) values ('" +
                   to_string(hal.user) + "', '\\x" + to_hex(hash) +
                   "', now() + interval '1 hour')");
    EXPECT_EQ(race("select from idn.password_resets for update", as_person(hal.user),
                   [&](api::Call& call) {
                       return !call.tx
                                   .query(sql::mailed_link::take_password_reset,
                                          {{"user_id", hal.user},
                                           {"token_hash", hash},
                                           {"now", house->clock().now()}})
                                   .empty();
                   }),
              1);
}

TEST_F(Guards, ATeamKeepsAnOwner) {
    const Browser cleo = house->sign_up("Cleo Example", "cleo@example.com", "Cleo's");
    std::vector<Contender> owners;
    for (int i = 0; i < contenders; ++i) {
        Browser one = cleo;
        if (i > 0) {
            const std::string name = "owner" + std::to_string(i);
            one = house->sign_up(name, name + "@example.com", name);
            house->add_member(one, cleo.team, "owner");
        }
        Contender owner{{cleo.team, one.user}, {}};
        owner.incoming.caller.kind = access::CallerKind::user;
        owner.incoming.caller.user = one.user;
        owner.incoming.path.add("team", to_string(cleo.team));
        owner.incoming.caller.membership = access::Membership{cleo.team, access::Role::owner};
        owners.push_back(std::move(owner));
    }
    const std::string of_team = " where team_id = '" + to_string(cleo.team) + "'";
    EXPECT_EQ(race("select from idn.members" + of_team + " for update", owners,
                   [](api::Call& call) {
                       team::leave(call);
                       return true;
                   }),
              contenders - 1);
    EXPECT_EQ(database().value("select count(*) from idn.members" + of_team).value(), "1");
}

TEST_F(Guards, OneInvitationIsAcceptedOnce) {
    const Browser dan = house->sign_up("Dan Example", "dan@example.com", "Dan's");
    const Answer made =
        post(dan, "/teams/" + to_string(dan.team) + "/invitations",
             shape::json_object({{"email", "eva@example.com"}, {"role", "viewer"}}));
    ASSERT_EQ(made.status, 201) << made.body;
    team::OpenInvitation invitation;
    invitation.team = dan.team;
    invitation.id = team::InvitationId(parse_uuid(*made.json().find("id")->if_string()).value());
    invitation.role = access::Role::viewer;
    // Each is another person: that nobody is a member twice is not what is tried here.
    std::vector<Contender> all;
    for (int i = 0; i < contenders; ++i) {
        const std::string name = "guest" + std::to_string(i);
        const Browser guest = house->sign_up(name, name + "@example.com", name);
        all.push_back({{dan.team, guest.user}, {}});
    }
    EXPECT_EQ(race("select from app.invitations for update", all,
                   [&](api::Call& call) {
                       team::accept_invitation(call, invitation, call.tx.scope().actor, "A guest");
                       return true;
                   }),
              1);
}

// Another server took the role and this one has not heard of it yet.
TEST_F(Guards, ARoleThatWasTakenMeanwhileCountsNoMore) {
    const Browser fay = house->sign_up("Fay Example", "fay@example.com", "Fay's");
    const Browser gil = house->sign_up("Gil Example", "gil@example.com", "Gil's");
    house->add_member(gil, fay.team, "viewer");
    Contender late{{fay.team, gil.user}, {}};
    late.incoming.caller.kind = access::CallerKind::user;
    late.incoming.caller.user = gil.user;
    late.incoming.caller.membership = access::Membership{fay.team, access::Role::admin};
    late.incoming.path.add("team", to_string(fay.team));
    const auto connection = connect();
    const auto reached = [&](access::Permission permission) {
        return contend(*connection, late.scope, late.incoming, [&](api::Call& call) {
            team::lock_team(call, permission);
            return true;
        });
    };
    EXPECT_TRUE(reached(access::Permission::team_read));
    EXPECT_FALSE(reached(access::Permission::members_manage));
}

} // namespace
} // namespace atalaya::apitest
