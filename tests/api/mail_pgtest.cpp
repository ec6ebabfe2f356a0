// What is done by mail: invitations, forgotten passwords, another address. The mailbox is the test.
#include "api/house.hpp"
#include "api/team_test.hpp"
#include "audit/evidence.hpp"
#include "audit/signer_desk.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

/// Takes every mail; any thread.
class Mailbox {
  public:
    outbox::Transport transport() {
        return [this](const mail::Message& message, const mail::Stamp&, std::stop_token) {
            const std::lock_guard lock(mutex_);
            messages_.push_back(message);
            changed_.notify_all();
            return mail::Delivery{mail::Outcome::sent, {}};
        };
    }
    std::size_t count(const std::string& to) {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(messages_.begin(), messages_.end(),
                          [&](const mail::Message& one) { return one.to == to; }));
    }
    /// Waits for the next mail to this address, and takes it out.
    mail::Message take(const std::string& to) {
        std::unique_lock lock(mutex_);
        for (;;) {
            for (auto it = messages_.begin(); it != messages_.end(); ++it) {
                if (it->to == to) {
                    mail::Message found = *it;
                    messages_.erase(it);
                    return found;
                }
            }
            if (changed_.wait_for(lock, std::chrono::minutes(2)) == std::cv_status::timeout)
                throw std::runtime_error("no mail came to " + to);
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<mail::Message> messages_;
};

std::string token_of(const mail::Message& message, const std::string& path) {
    const std::string start = "https://house.example" + path + "#";
    const auto at = message.text.find(start);
    if (at == std::string::npos)
        throw std::runtime_error("no link to " + path + " in: " + message.text);
    return message.text.substr(at + start.size(), 43);
}

class MailTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>(mailbox.transport());
        house->sign_up("First Example", "first@example.com", "First");
    }
    static void TearDownTestSuite() { house.reset(); }
    void SetUp() override {
        address = "ada" + std::to_string(++made) + "@example.com";
        ada = house->sign_up("Ada Example", address, "Night watch");
        // Counters of attempts by network address have been quiet for long enough.
        house->clock().advance(std::chrono::minutes(1));
    }
    static Answer post(const std::string& path, const std::string& sent,
                       const Browser& browser = {}) {
        net::Request request;
        request.method = "POST";
        request.target = request.path = "/api/v1" + path;
        // Each from a network of its own.
        request.peer = "2001:db8:1:" + std::to_string(++posts % 9999) + "::1";
        request.secure = true;
        request.headers.push_back({"content-type", "application/json"});
        if (!browser.cookie.empty()) {
            request.headers.push_back({"cookie", browser.cookie});
            request.headers.push_back({"x-csrf-token", browser.csrf});
        }
        request.body = sent;
        return house->call(std::move(request));
    }
    static Answer log_in(const std::string& email, const std::string& password) {
        return post("/login", body({{"email", email}, {"password", password}}));
    }
    static Answer forgot(const std::string& email) {
        return post("/password/forgot", body({{"email", email}}));
    }
    static Answer reset(const std::string& token, const std::string& password = fresh) {
        return post("/password/reset", body({{"token", token}, {"new", password}}));
    }
    Answer ask_for(const std::string& email, const std::string& password = old) {
        return post("/me/email", body({{"email", email}, {"password", password}}), ada);
    }
    static Answer confirm(const std::string& token) {
        return post("/email/confirm", body({{"token", token}}));
    }
    bool is_signed_in() const { return house->call(ada, "GET", "/api/v1/me").status == 200; }
    static std::int64_t events(const std::string& action) {
        return count("aud.events where action = '" + action + "'");
    }
    static std::int64_t count(const std::string& rows) {
        db::ScriptSession database(pgtest::server_dsn(), house->database(), "atalaya_super");
        return parse_integer(database.value("select count(*) from " + rows).value()).value();
    }
    static std::int64_t mails() { return count("idn.outbox"); }

    static inline const std::string old = "seven green bicycles";
    static inline const std::string fresh = "eleven yellow umbrellas";
    static inline Mailbox mailbox;
    static inline std::unique_ptr<House> house;
    static inline int made = 0;
    static inline std::atomic<int> posts = 0;
    std::string address;
    Browser ada;
};

TEST_F(MailTest, AnInvitationIsMailedAndShowsNoLink) {
    const std::string bob = "bob" + std::to_string(made) + "@example.com";
    const std::string team = "/teams/" + to_string(ada.team);
    const Answer invited =
        post(team + "/invitations", body({{"email", bob}, {"role", "member"}}), ada);
    ASSERT_EQ(invited.status, 201) << invited.body;
    EXPECT_EQ(text(invited.json(), "link"), "");
    const mail::Message letter = mailbox.take(bob);
    EXPECT_EQ(letter.subject, "Invitation to Night watch");
    EXPECT_NE(letter.text.find("Ada Example invites you"), std::string::npos);
    const std::string token = token_of(letter, "/invite");
    EXPECT_EQ(invited.body.find(token), std::string::npos);
    const Answer joined =
        post("/invitations/sign-up", body({{"token", token}, {"name", "Bob"}, {"password", old}}));
    EXPECT_EQ(joined.status, 201) << joined.body;
}

TEST_F(MailTest, AForgottenPasswordIsSetAnewOnceAndEndsEverySession) {
    ASSERT_EQ(forgot(address).status, 202);
    const std::string token = token_of(mailbox.take(address), "/reset");
    EXPECT_EQ(token.size(), 43u);
    ASSERT_TRUE(is_signed_in());
    const Answer weak = reset(token, "short");
    EXPECT_EQ(weak.status, 422) << "and the link still works";
    const Answer done = reset(token);
    ASSERT_EQ(done.status, 204) << done.body;
    EXPECT_FALSE(done.headers.contains("set-cookie"));
    EXPECT_FALSE(is_signed_in());
    EXPECT_EQ(reset(token).status, 404);
    EXPECT_EQ(log_in(address, old).status, 401);
    EXPECT_EQ(log_in(address, fresh).status, 200);
    EXPECT_EQ(mailbox.take(address).subject, "Your password was changed");
    EXPECT_GE(events("user.password_reset"), 1);
    EXPECT_GE(events("user.password_reset_link"), 1);
}

TEST_F(MailTest, OnlyTheLatestLinkWorksAndForAnHour) {
    forgot(address);
    const std::string first = token_of(mailbox.take(address), "/reset");
    forgot(address);
    const std::string second = token_of(mailbox.take(address), "/reset");
    EXPECT_EQ(reset(first).status, 404);
    house->clock().advance(std::chrono::minutes(61));
    EXPECT_EQ(reset(second).status, 404);
    EXPECT_EQ(log_in(address, old).status, 200);
}

TEST_F(MailTest, APasswordThatWasChangedMeanwhileMakesTheLinkVoid) {
    forgot(address);
    const std::string token = token_of(mailbox.take(address), "/reset");
    ASSERT_EQ(post("/me/password", body({{"current", old}, {"new", fresh}}), ada).status, 204);
    EXPECT_EQ(mailbox.take(address).subject, "Your password was changed");
    EXPECT_EQ(reset(token, "thirteen purple kettles").status, 404);
    EXPECT_EQ(log_in(address, fresh).status, 200);
}

TEST_F(MailTest, OfManyWhoUseALinkAtOnceOneGetsThrough) {
    forgot(address);
    const std::string token = token_of(mailbox.take(address), "/reset");
    std::atomic<int> through = 0;
    twenty_at_once(
        [&](int i) { through += reset(token, fresh + std::to_string(i)).status == 204; });
    EXPECT_EQ(through, 1);
}

TEST_F(MailTest, NothingTellsWhetherAnAddressHasAnAccount) {
    Answer known = forgot(address);
    Answer unknown = forgot("nobody" + std::to_string(made) + "@example.com");
    EXPECT_EQ(known.status, 202);
    EXPECT_EQ(known.status, unknown.status);
    EXPECT_EQ(known.body, unknown.body);
    EXPECT_NE(known.not_before, std::chrono::steady_clock::time_point{});
    EXPECT_NE(unknown.not_before, std::chrono::steady_clock::time_point{});
    for (Answer* answer : {&known, &unknown})
        answer->headers.erase("x-request-id");
    EXPECT_EQ(known.headers, unknown.headers);
    mailbox.take(address);
}

TEST_F(MailTest, AnAddressIsNotFloodedAndThatIsNotToldEither) {
    for (int i = 0; i < 12; ++i)
        EXPECT_EQ(forgot(address).status, 202);
    const std::int64_t written = mails();
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(forgot(address).status, 202);
    EXPECT_LT(mails() - written, 6);
}

TEST_F(MailTest, TheAddressChangesWhenBothHaveConfirmed) {
    const std::string next = "next" + std::to_string(made) + "@example.com";
    EXPECT_EQ(ask_for(next, "not my password").status, 422);
    EXPECT_EQ(ask_for(address).status, 422) << "it is that already";
    ASSERT_EQ(ask_for(next).status, 202);
    const mail::Message to_old = mailbox.take(address);
    EXPECT_NE(to_old.text.find(next), std::string::npos);
    const std::string old_token = token_of(to_old, "/confirm-email");
    const std::string new_token = token_of(mailbox.take(next), "/confirm-email");
    forgot(address);
    const std::string reset_token = token_of(mailbox.take(address), "/reset");

    EXPECT_EQ(confirm("no such token").status, 404);
    for (int i = 0; i < 2; ++i) { // the same side twice is one side
        const Answer half = confirm(new_token);
        ASSERT_EQ(half.status, 200) << half.body;
        EXPECT_FALSE(*half.json().find("done")->if_bool());
    }
    EXPECT_EQ(log_in(next, old).status, 401);
    EXPECT_TRUE(*confirm(old_token).json().find("done")->if_bool());
    EXPECT_EQ(confirm(old_token).status, 404);
    EXPECT_EQ(log_in(next, old).status, 200);
    EXPECT_EQ(log_in(address, old).status, 401);
    EXPECT_EQ(reset(reset_token).status, 404) << "it went to the old address";
    EXPECT_GE(events("user.email_change"), 1);
}

TEST_F(MailTest, ATakenAddressIsToldOnlyToWhoHoldsBoth) {
    const std::string taken = "taken" + std::to_string(made) + "@example.com";
    house->sign_up("Bob Example", taken, "Bob's");
    ASSERT_EQ(ask_for(taken).status, 202);
    EXPECT_EQ(confirm(token_of(mailbox.take(address), "/confirm-email")).status, 200);
    EXPECT_EQ(confirm(token_of(mailbox.take(taken), "/confirm-email")).code(), "email_taken");
    EXPECT_EQ(log_in(address, old).status, 200);
}

TEST_F(MailTest, AnEmailChangeLivesForADay) {
    const std::string next = "late" + std::to_string(made) + "@example.com";
    ASSERT_EQ(ask_for(next).status, 202);
    const std::string token = token_of(mailbox.take(next), "/confirm-email");
    house->clock().advance(std::chrono::hours(25));
    EXPECT_EQ(confirm(token).status, 404);
    house->instance().run_jobs();
}

TEST_F(MailTest, TheNewestCheckpointsComeOnceADay) {
    const std::string auditor = "auditor@example.com";
    house->instance().run_jobs();
    EXPECT_EQ(mailbox.count(auditor), 0u) << "there is no checkpoint yet";
    db::Connection desk(house->instance().connection_options("atalaya_signer"));
    audit::Signer signer(Secret(Bytes(32, 7)), {"example.com/1", {}, {}}, true,
                         std::chrono::seconds(0));
    while (!audit::run_round(desk, signer, [](const auto&) {})) {
    }
    house->instance().run_jobs();
    const std::string text = mailbox.take(auditor).text;
    const auto begin = text.find("-----BEGIN CHECKPOINTS-----\n") + 28;
    const auto notes =
        audit::parse_notes(text.substr(begin, text.find("-----END CHECKPOINTS-----") - begin));
    ASSERT_TRUE(notes) << text;
    EXPECT_EQ(audit::parse_checkpoint(notes->front().text)->origin, "example.com/1/audit");
    EXPECT_GE(notes->size(), 4u); // and the platform's, of two teams or more
    house->instance().run_jobs();
    house->clock().advance(std::chrono::hours(24));
    house->instance().run_jobs();
    mailbox.take(auditor);
    // What was queued is sent in its order, so that none waits behind this one.
    ASSERT_EQ(forgot(address).status, 202);
    mailbox.take(address);
    EXPECT_EQ(mailbox.count(auditor), 0u) << "each day has one";
}

TEST(WithoutMail, LinksAreForgottenAndAddressesStay) {
    House house;
    const Browser ada = house.sign_up("Ada Example", "ada@example.com", "Ada's");
    EXPECT_EQ(
        house.call({}, "POST", "/api/v1/password/forgot", R"({"email":"ada@example.com"})").status,
        202);
    EXPECT_EQ(house
                  .call(ada, "POST", "/api/v1/me/email",
                        R"({"email":"b@example.com","password":"seven green bicycles"})")
                  .status,
              409);
}

} // namespace
} // namespace atalaya::apitest
