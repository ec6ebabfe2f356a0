// Security incidents: their steps in order, each on the record, and the time to tell of them.
#include "api/call.hpp"
#include "api/house.hpp"
#include "audit/reader.hpp"

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

TEST_F(Incidents, WhatIsStillToComeIsNoNotice) {
    EXPECT_EQ(
        house->call(op, "POST", root, R"({"title":"Tomorrow","noticed_at":"2999-01-01T00:00:00Z"})")
            .status,
        422);
}

} // namespace
} // namespace atalaya::apitest
