// The outbox with a postman whose mail server is the test.
#include "db_sql.hpp"
#include "modules/outbox/body.hpp"
#include "modules/outbox/postman.hpp"
#include "outbox_sql.hpp"
#include "support/pgtest.hpp"

#include <deque>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>

namespace atalaya {

db::MigrationLists pgtest::migrations() { return {sql::db::migrations, sql::outbox::migrations}; }

namespace outbox {
namespace {

using mail::Outcome;
using namespace std::chrono_literals;

class OutboxTest : public testing::Test {
  protected:
    OutboxTest() { keyring->create_key(platform_team); }
    ~OutboxTest() override { std::filesystem::remove_all(directory); }

    static std::filesystem::path make_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "outbox-XXXXXX").string();
        if (!mkdtemp(pattern.data()))
            throw std::runtime_error("mkdtemp failed");
        return pattern;
    }
    Postman postman() {
        return {options(), *keyring, clock,
                [this](const mail::Message& message, const mail::Stamp& stamp, std::stop_token) {
                    tried.emplace_back(message.subject, stamp.id);
                    if (answers.empty())
                        return mail::Delivery{Outcome::sent, {}};
                    const mail::Delivery answer = answers.front();
                    answers.pop_front();
                    return answer;
                }};
    }
    db::ConnectionOptions options() const {
        db::ConnectionOptions out = database.options();
        out.on_first_use = pgtest::note_executed;
        return out;
    }
    void write(const std::string& subject) {
        db::transact(connection, {}, [&](db::Tx& tx) { insert(tx, subject); });
    }
    void insert(db::Tx& tx, const std::string& subject) {
        insert_message(tx, *keyring, {random.uuid(), clock.now()},
                       {"ada@example.com", subject, "text", "<p>text</p>"});
    }
    std::string state() const {
        return database
            .value("select string_agg(state || ' ' || attempts || ' ' || (body is null), ',' "
                   "order by written_at) from idn.outbox")
            .value_or("");
    }

    std::filesystem::path directory = make_directory();
    SystemRandom random;
    ManualClock clock{SystemClock().now()};
    std::unique_ptr<keyring::Keyring> keyring =
        keyring::Keyring::open(directory / "keyring", random);
    pgtest::TestDatabase database;
    db::Connection connection{options()};
    std::deque<mail::Delivery> answers;
    std::vector<std::pair<std::string, Uuid>> tried;
};

TEST_F(OutboxTest, WhatIsSentLeavesNoContent) {
    Postman sender = postman();
    EXPECT_FALSE(sender.deliver_one());
    write("first");
    EXPECT_EQ(state(), "queued 0 false");
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_FALSE(sender.deliver_one());
    EXPECT_EQ(state(), "sent 1 true");
    ASSERT_EQ(tried.size(), 1u);
    EXPECT_EQ(tried[0].first, "first");
}

TEST_F(OutboxTest, WhatIsRolledBackSendsNothing) {
    EXPECT_THROW(db::transact(connection, {},
                              [&](db::Tx& tx) {
                                  insert(tx, "never");
                                  tx.query(sql::outbox::delete_settled_mails, {{"before", Time{}}});
                                  throw std::runtime_error("changed my mind");
                              }),
                 std::runtime_error);
    EXPECT_FALSE(postman().deliver_one());
}

TEST_F(OutboxTest, TriesAgainEverLaterAndGivesUpAfterThreeDays) {
    Postman sender = postman();
    write("slow");
    const Time begin = clock.now();
    int attempts = 0;
    while (state().starts_with("queued")) {
        answers.push_back({Outcome::later, "away"});
        ASSERT_TRUE(sender.deliver_one());
        ++attempts;
        EXPECT_FALSE(sender.deliver_one()) << "before its time";
        clock.advance(retry_delay(attempts));
    }
    // 1, 2, 4 … 256 minutes, then every six hours.
    EXPECT_EQ(attempts, 21);
    EXPECT_GE(clock.now() - begin, Micros(72h));
    EXPECT_EQ(state(), "failed 21 true");
    for (const auto& [subject, id] : tried)
        EXPECT_EQ(id, tried.front().second) << "one Message-ID for all attempts";
}

TEST_F(OutboxTest, ARefusalIsForGood) {
    Postman sender = postman();
    write("unwanted");
    answers.push_back({Outcome::refused, "refused (the server said 550)"});
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_EQ(state(), "failed 1 true");
    EXPECT_EQ(database.value("select reason from idn.outbox"), "refused (the server said 550)");
}

TEST_F(OutboxTest, OneThatIsDelayedHoldsNoOtherUp) {
    Postman sender = postman();
    write("delayed");
    clock.advance(1s);
    write("next");
    answers.push_back({Outcome::later, "busy"});
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_FALSE(sender.deliver_one());
    EXPECT_EQ(state(), "queued 1 false,sent 1 true");
}

TEST_F(OutboxTest, OneThatCannotBeReadHoldsNoOtherUp) {
    Postman sender = postman();
    db::transact(connection, {}, [&](db::Tx& tx) {
        insert_message(tx, *keyring, {random.uuid(), clock.now()},
                       {"ada@example.com", "without a word", "", ""});
    });
    clock.advance(1s);
    write("next");
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_TRUE(sender.deliver_one());
    EXPECT_FALSE(sender.deliver_one());
    EXPECT_EQ(state(), "failed 1 true,sent 1 true");
}

TEST_F(OutboxTest, TwoPostmenNeverHaveTheSameMail) {
    write("only once");
    bool seen_by_other = true;
    Postman other = postman();
    Postman first(options(), *keyring, clock,
                  [&](const mail::Message&, const mail::Stamp&, std::stop_token) {
                      seen_by_other = other.deliver_one();
                      return mail::Delivery{Outcome::sent, {}};
                  });
    EXPECT_TRUE(first.deliver_one());
    EXPECT_FALSE(seen_by_other);
    EXPECT_EQ(state(), "sent 1 true");
}

// Who dies while sending leaves the mail to be sent again, and what the dead one would note is
// void.
TEST_F(OutboxTest, ABorrowedMailComesBackAfterItsLease) {
    write("again");
    Postman other = postman();
    Postman first(options(), *keyring, clock,
                  [&](const mail::Message&, const mail::Stamp&, std::stop_token) {
                      clock.advance(5min);
                      answers.push_back({Outcome::later, "busy"});
                      EXPECT_TRUE(other.deliver_one());
                      return mail::Delivery{Outcome::sent, {}};
                  });
    EXPECT_TRUE(first.deliver_one());
    EXPECT_EQ(state(), "queued 2 false");
}

TEST_F(OutboxTest, ItsThreadSendsWhatWasWrittenAndStopsInBetween) {
    std::promise<void> begun;
    Postman sender(options(), *keyring, clock,
                   [&](const mail::Message&, const mail::Stamp&, std::stop_token stop) {
                       begun.set_value();
                       while (!stop.stop_requested())
                           std::this_thread::yield();
                       return mail::Delivery{Outcome::later, "broken off"};
                   });
    sender.start();
    write("long");
    sender.wake();
    begun.get_future().wait();
    sender.stop();
    EXPECT_EQ(state(), "queued 1 false");
    // Due at once, for the next start.
    EXPECT_TRUE(postman().deliver_one());
    EXPECT_EQ(state(), "sent 2 true");
}

TEST_F(OutboxTest, OnlyWhatIsSettledIsForgotten) {
    Postman sender = postman();
    write("sent");
    EXPECT_TRUE(sender.deliver_one());
    write("waits");
    db::transact(connection, {}, [&](db::Tx& tx) {
        tx.query(sql::outbox::delete_settled_mails, {{"before", clock.now() + 1h}});
    });
    EXPECT_EQ(state(), "queued 0 false");
}

TEST_F(OutboxTest, ABodyOfAnotherRowIsNoMail) {
    write("moved");
    database.as_superuser("update idn.outbox set id = gen_random_uuid()");
    EXPECT_TRUE(postman().deliver_one());
    EXPECT_TRUE(tried.empty());
    EXPECT_EQ(state(), "failed 1 true");
}

} // namespace
} // namespace outbox
} // namespace atalaya
