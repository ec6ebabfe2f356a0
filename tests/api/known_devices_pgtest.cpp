// Strangers who guess lock nobody out of a device that signed in before, and such a device gives
// no more guesses than anybody has; what was proved with a password dies with that password.
#include "api/house.hpp"
#include "db/script_session.hpp"
#include "modules/second_factor/second_factor.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

constexpr const char* password = "seven green bicycles";
constexpr std::string_view device_name = "__Host-atalaya_device=";

class KnownDevices : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        bob = house->sign_up("Bob Example", "bob@example.com", "Bob's");
    }
    static void TearDownTestSuite() { house.reset(); }

    /// All that one log-in answers, every cookie included.
    struct Seen {
        int status = 0;
        std::string device;
    };
    static Seen log_in(const std::string& email, const std::string& with, const std::string& peer,
                       const std::string& cookie = "") {
        net::Request request;
        request.method = "POST";
        request.path = "/api/v1/login";
        request.headers = {{"content-type", "application/json"}};
        if (!cookie.empty())
            request.headers.push_back({"cookie", cookie});
        request.body =
            shape::write_json(shape::json_object({{"email", email}, {"password", with}}));
        request.peer = peer;
        request.secure = true;
        Seen seen;
        auto promise = std::make_shared<std::promise<Seen>>();
        auto future = promise->get_future();
        net::Reply reply([promise](std::optional<net::Response> response) {
            Seen out;
            out.status = response->status;
            for (const net::Header& header : response->headers) {
                if (header.name == "Set-Cookie" && header.value.starts_with(device_name))
                    out.device = header.value.substr(0, header.value.find(';'));
            }
            promise->set_value(out);
        });
        house->instance().service().handle(std::move(request), std::move(reply));
        return future.get();
    }
    /// Guesses at the account until it is shut for strangers, and for long.
    static void lock(const std::string& email, const std::string& peer) {
        for (int i = 0; i < 8; ++i)
            log_in(email, "a wrong guess", peer);
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .run("update idn.attempts set blocked_until = now() + interval '400 days' "
                 "where blocked_until is not null");
        ASSERT_EQ(log_in(email, password, "192.0.2.99").status, 429) << "even with the password";
    }
    static void open_all() {
        db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .run("delete from idn.attempts");
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada, bob;
};

TEST_F(KnownDevices, AStrangerDoesNotLockTheOwnerOut) {
    open_all();
    const Seen first = log_in("ada@example.com", password, "192.0.2.10");
    ASSERT_EQ(first.status, 200);
    ASSERT_FALSE(first.device.empty());
    lock("ada@example.com", "198.51.100.1");
    EXPECT_EQ(log_in("ada@example.com", password, "192.0.2.99", first.device).status, 200);
    // That the owner came in does not open the door for the stranger.
    EXPECT_EQ(log_in("ada@example.com", password, "198.51.100.1").status, 429);
}

TEST_F(KnownDevices, ADeviceIsKnownToItsOwnAccountOnly) {
    open_all();
    const Seen bobs = log_in("bob@example.com", password, "192.0.2.11");
    ASSERT_EQ(bobs.status, 200);
    lock("ada@example.com", "198.51.100.2");
    EXPECT_EQ(log_in("ada@example.com", password, "192.0.2.99", bobs.device).status, 429);
    std::string forged = bobs.device;
    forged[device_name.size() + 3] = forged[device_name.size() + 3] == 'A' ? 'B' : 'A';
    for (const std::string& cookie :
         {forged, std::string(device_name), std::string(device_name) + "AAAA"})
        EXPECT_EQ(log_in("ada@example.com", password, "192.0.2.99", cookie).status, 429) << cookie;
}

TEST_F(KnownDevices, AStolenDeviceGivesNoMoreGuesses) {
    open_all();
    const Seen first = log_in("ada@example.com", password, "192.0.2.12");
    int refused = 0;
    for (int i = 0; i < 8; ++i)
        refused += log_in("ada@example.com", "a wrong guess", "198.51.100." + std::to_string(i),
                          first.device)
                               .status == 429
                       ? 1
                       : 0;
    EXPECT_GE(refused, 1);
    EXPECT_EQ(log_in("ada@example.com", password, "192.0.2.13").status, 200)
        << "the account is open to others meanwhile";
}

TEST_F(KnownDevices, ALogInThatWaitsForItsCodeEndsWithThePassword) {
    const Browser eve = house->sign_up("Eve Example", "eve@example.com", "Eve's");
    const Browser fay = house->sign_up("Fay Example", "fay@example.com", "Fay's");
    api::Incoming incoming;
    api::SlowCall call(house->instance().services(), incoming);
    for (const Browser& browser : {eve, fay}) {
        call.transact({platform_team, browser.user}, {}, [&](api::Call& inner) {
            return second_factor::insert_pending_login(inner, {browser.user, false});
        });
    }
    const auto waiting = [](const Browser& browser) {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .value("select count(*) from idn.pending_logins where user_id = '" +
                   to_string(browser.user) + "'")
            .value();
    };
    EXPECT_EQ(waiting(eve), "1");
    const Answer changed =
        house->call(eve, "POST", "/api/v1/me/password",
                    R"({"current":"seven green bicycles","new":"eleven yellow umbrellas"})");
    EXPECT_EQ(changed.status, 204) << changed.body;
    EXPECT_EQ(waiting(eve), "0");
    EXPECT_EQ(waiting(fay), "1");
}

// Last of all: it leaves the clock ahead of the database's.
TEST_F(KnownDevices, ADeviceIsForgottenAfterHalfAYear) {
    open_all();
    const Seen first = log_in("bob@example.com", password, "192.0.2.14");
    house->clock().advance(std::chrono::hours(24 * 181));
    lock("bob@example.com", "198.51.100.3");
    EXPECT_EQ(log_in("bob@example.com", password, "192.0.2.99", first.device).status, 429);
}

} // namespace
} // namespace atalaya::apitest
