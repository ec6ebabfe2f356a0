// Security incidents: their steps in order, each on the record, and the time to tell of them.
#include "api/call.hpp"
#include "api/house.hpp"
#include "audit/reader.hpp"

#include "db/script_session.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

class Incidents : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        op = house->sign_up("Olga Example", "olga@example.com", "Desk");
        house->make_operator(op);
    }
    static void TearDownTestSuite() { house.reset(); }

    static Answer open(const std::string& title) {
        return house->call(op, "POST", root,
                           shape::write_json(shape::json_object({{"title", title}})));
    }
    static Answer step(const std::string& id, const std::string& which) {
        return house->call(op, "POST", std::string(root) + "/" + id + "/steps",
                           R"({"step":")" + which + R"(","note":"Done as agreed"})");
    }
    static std::string id_of(const Answer& answer) {
        return *answer.json().find("id")->if_string();
    }
    static trust::Standing look() {
        house->clock().advance(std::chrono::minutes(10));
        house->instance().watch().run_due();
        return house->instance().watch().standings().find("incidents")->second;
    }
    static std::vector<std::string> actions() {
        api::Incoming incoming;
        incoming.caller.kind = access::CallerKind::system;
        api::SlowCall call(house->instance().services(), incoming);
        return call.transact({}, {}, [&](api::Call& inner) {
            std::vector<std::string> out;
            for (const auto& event :
                 audit::list_events(inner.tx, inner.services.payload_sealer, audit::newest, 1000)) {
                if (event.header.action.starts_with("security_incident."))
                    out.insert(out.begin(), event.header.action.substr(18));
            }
            return out;
        });
    }

    static constexpr const char* root = "/api/v1/admin/incidents";
    static inline std::unique_ptr<House> house;
    static inline Browser op;
};

TEST_F(Incidents, StepsAreTakenInOrderAndEachIsAnEvent) {
    EXPECT_EQ(look().detail, "No security incident is recorded.");
    const Answer opened = open("A key in a log");
    ASSERT_EQ(opened.status, 201) << opened.body;
    const std::string id = id_of(opened);
    EXPECT_EQ(step(id, "notify").status, 409);
    for (const char* which : {"contain", "assess", "notify", "remediate", "review"})
        EXPECT_EQ(step(id, which).status, 200) << which;
    EXPECT_EQ(step(id, "review").status, 409);
    EXPECT_EQ(step(id, "closed").status, 409);
    const shape::Json closed = house->call(op, "GET", std::string(root) + "/" + id).json();
    EXPECT_EQ(*closed.find("next_step")->if_string(), "closed");
    const shape::Array& steps = *closed.find("steps")->if_array();
    ASSERT_EQ(steps.size(), 5U);
    EXPECT_EQ(*steps[0].find("by")->if_string(), "Olga Example");
    EXPECT_EQ(*steps[4].find("note")->if_string(), "Done as agreed");
    EXPECT_EQ(actions(), (std::vector<std::string>{"open", "contain", "assess", "notify",
                                                   "remediate", "review"}));
    EXPECT_EQ(house->call(op, "GET", std::string(root) + "/" + to_string(op.team)).status, 404);
}

TEST_F(Incidents, TheTimeToTellRunsFromTheNoticeAndItsEndShows) {
    const std::string id = id_of(open("A copy that should not be"));
    EXPECT_TRUE(look().holds);
    house->clock().advance(std::chrono::hours(49));
    const trust::Standing near = look();
    EXPECT_FALSE(near.holds);
    EXPECT_NE(near.detail.find("less than a day"), std::string::npos) << near.detail;
    house->clock().advance(std::chrono::hours(24));
    EXPECT_NE(look().detail.find("are over"), std::string::npos);
    // The session of a day ago is over, too.
    op = house->sign_up("Otto Example", "otto@example.com", "Second desk");
    house->make_operator(op);
    for (const char* which : {"contain", "assess", "notify"})
        EXPECT_EQ(step(id, which).status, 200) << which;
    const trust::Standing told = look();
    EXPECT_TRUE(told.holds) << told.detail;
    EXPECT_NE(house->call(Browser{}, "GET", "/trust").body.find("are recorded"), std::string::npos);
}

/// A house that sends mail, with one incident that was noticed so long ago.
class IncidentReminders : public testing::Test {
  protected:
    void notice(Micros ago) {
        const Time at = house_.clock().now() - ago;
        const Answer opened = house_.call(
            op_, "POST", "/api/v1/admin/incidents",
            shape::write_json(shape::json_object(
                {{"title", "A copy that should not be"}, {"noticed_at", to_rfc3339(at)}})));
        ASSERT_EQ(opened.status, 201) << opened.body;
        id_ = *opened.json().find("id")->if_string();
    }
    void step(const std::string& which) {
        EXPECT_EQ(house_
                      .call(op_, "POST", "/api/v1/admin/incidents/" + id_ + "/steps",
                            R"({"step":")" + which + R"(","note":"Done"})")
                      .status,
                  200);
    }
    /// Everything that waits here stays in the outbox or was sent: each mail is one row.
    std::int64_t count(const std::string& what) {
        return std::stoll(
            db::ScriptSession(pgtest::server_dsn(), house_.database(), "atalaya_super")
                .value("select count(*) from " + what)
                .value());
    }
    void expect(std::int64_t mails, std::int64_t stages, std::int64_t events) {
        EXPECT_EQ(count("idn.outbox"), mails);
        EXPECT_EQ(count("idn.security_incident_reminders"), stages);
        EXPECT_EQ(count("aud.events where action = 'security_incident.remind'"), events);
    }
    void run_jobs() {
        house_.instance().run_jobs();
        house_.instance().run_jobs();
    }

    House house_{[this](const mail::Message& message, const mail::Stamp&, std::stop_token) {
        const std::lock_guard lock(mutex_);
        sent_.push_back(message);
        arrived_.notify_all();
        return mail::Delivery{mail::Outcome::sent, {}};
    }};
    Browser op_ = [this] {
        const Browser op = house_.sign_up("Olga Example", "olga@example.com", "Desk");
        house_.make_operator(op);
        return op;
    }();
    Browser other_ = house_.sign_up("Ada Example", "ada@example.com", "Harbour");
    std::string id_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<mail::Message> sent_;
};

TEST_F(IncidentReminders, GoToTheOperatorsOnceAtEachStage) {
    notice(std::chrono::hours(35));
    run_jobs();
    expect(0, 0, 0);
    house_.clock().advance(std::chrono::hours(2)); // half of the time is over
    run_jobs();
    expect(1, 1, 1);
    house_.clock().advance(std::chrono::hours(30)); // six hours before the end
    run_jobs();
    expect(2, 2, 2);
    house_.clock().advance(std::chrono::hours(6));
    run_jobs();
    expect(3, 3, 3);
    house_.clock().advance(std::chrono::hours(24));
    run_jobs();
    expect(3, 3, 3);
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        arrived_.wait_for(lock, std::chrono::minutes(2), [this] { return sent_.size() == 3; }));
    for (const mail::Message& message : sent_) {
        EXPECT_EQ(message.to, "olga@example.com");
        EXPECT_NE(message.text.find("https://house.example/operator"), std::string::npos);
        EXPECT_EQ(message.text.find("copy that should not"), std::string::npos) << message.text;
    }
}

TEST_F(IncidentReminders, WhoWasAwayHearsTheLatestAlone) {
    notice(std::chrono::hours(80));
    run_jobs();
    expect(1, 3, 1);
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        arrived_.wait_for(lock, std::chrono::minutes(2), [this] { return sent_.size() == 1; }));
    EXPECT_NE(sent_.front().subject.find("are over"), std::string::npos) << sent_.front().subject;
}

TEST_F(IncidentReminders, NobodyIsRemindedOfWhatWasTold) {
    notice(std::chrono::hours(35));
    for (const char* which : {"contain", "assess", "notify"})
        step(which);
    house_.clock().advance(std::chrono::hours(40));
    run_jobs();
    expect(0, 0, 0);
}

TEST_F(Incidents, WhatIsStillToComeIsNoNotice) {
    EXPECT_EQ(
        house->call(op, "POST", root, R"({"title":"Tomorrow","noticed_at":"2999-01-01T00:00:00Z"})")
            .status,
        422);
}

} // namespace
} // namespace atalaya::apitest
