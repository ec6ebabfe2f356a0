// What operators say in their own words, and the agreement that a team accepts.
#include "api/call.hpp"
#include "api/house.hpp"
#include "audit/reader.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "modules/trust/text.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

class Texts : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        op = house->sign_up("Olga Example", "olga@example.com", "Desk");
        house->make_operator(op);
    }
    static void TearDownTestSuite() { house.reset(); }

    static Answer publish(const std::string& kind, const std::string& content,
                          std::vector<net::Header> headers = {}) {
        return house->call(op, "PUT", "/api/v1/admin/texts/" + kind,
                           shape::write_json(shape::json_object({{"content", content}})),
                           std::move(headers));
    }
    static std::string agreement_path(const Browser& browser) {
        return "/api/v1/teams/" + to_string(browser.team) + "/agreement";
    }
    static Answer accept(const Browser& who, const shape::Json& agreement) {
        return house->call(who, "POST", agreement_path(ada),
                           shape::write_json(shape::json_object(
                               {{"version", *agreement.find("version")->if_integer()},
                                {"sha256", *agreement.find("sha256")->if_string()}})));
    }
    static shape::Json changes_of_newest(TeamId team, const std::string& action) {
        api::Incoming incoming;
        incoming.caller.kind = access::CallerKind::system;
        api::SlowCall call(house->instance().services(), incoming);
        return call.transact({team, UserId{}}, {}, [&](api::Call& inner) {
            for (const auto& event :
                 audit::list_events(inner.tx, inner.services.payload_sealer, audit::newest, 1000)) {
                if (event.header.action == action)
                    return event.changes();
            }
            return shape::Json();
        });
    }
    static Answer get(const std::string& path) { return house->call(Browser{}, "GET", path); }
    static std::string sha256_of(const std::string& text) { return to_hex(crypto::sha256(text)); }

    static inline std::unique_ptr<House> house;
    static inline Browser ada, op;
};

TEST_F(Texts, EachKindHasOneFromTheBeginningAndSaysWhatIsNotPursued) {
    const shape::Json list = get("/api/v1/trust/texts").json();
    EXPECT_EQ(list.find("data")->if_array()->size(), 6U);
    const std::string page = get("/trust").body;
    for (const char* id : {"id=\"roles\"", "id=\"subprocessors\"", "id=\"agreement\"",
                           "id=\"compliance\"", "id=\"acknowledgements\"", "id=\"roadmap\""})
        EXPECT_NE(page.find(id), std::string::npos) << id;
    EXPECT_NE(page.find("SOC 2: not pursued"), std::string::npos);
}

TEST_F(Texts, APublishedOneIsPublicAndTheOlderStays) {
    const std::string words = "Mail leaves by Example Post Ltd <mail>.";
    const Answer published = publish("subprocessors", words);
    ASSERT_EQ(published.status, 200) << published.body;
    EXPECT_EQ(*published.json().find("revision")->if_integer(), 1);
    house->instance().watch().run_due();
    EXPECT_NE(get("/trust").body.find("Example Post Ltd &lt;mail&gt;."), std::string::npos);
    EXPECT_NE(get("/trust/report").body.find(sha256_of(words)), std::string::npos);
    const Answer file = get("/trust/text/subprocessors");
    EXPECT_EQ(file.body, words + "\n");
    EXPECT_NE(file.headers.at("content-disposition").find("subprocessors-1.txt"),
              std::string::npos);
    ASSERT_EQ(publish("subprocessors", "None.").status, 200);
    EXPECT_EQ(*get("/api/v1/trust/texts/subprocessors/1").json().find("content")->if_string(),
              words);
    EXPECT_EQ(*get("/api/v1/trust/texts/subprocessors/0").json().find("revision")->if_integer(), 0);
    EXPECT_EQ(get("/api/v1/trust/texts/subprocessors/3").status, 404);
    EXPECT_EQ(get("/api/v1/trust/texts/subprocessors/x").status, 404);
    const std::string changes =
        shape::write_json(changes_of_newest(platform_team, "public_text.publish"));
    EXPECT_NE(changes.find(R"("before":1,"after":2)"), std::string::npos) << changes;
    EXPECT_NE(changes.find(sha256_of("None.")), std::string::npos) << changes;
}

TEST_F(Texts, WhoReadAnOlderOneDoesNotOverwrite) {
    const Answer first = publish("roadmap", "First.");
    ASSERT_EQ(first.status, 200);
    EXPECT_EQ(publish("roadmap", "Second.", {{"if-match", first.headers.at("etag")}}).status, 200);
    EXPECT_EQ(publish("roadmap", "Third.", {{"if-match", first.headers.at("etag")}}).status, 412);
    EXPECT_EQ(publish("nonsense", "Words.").status, 404);
    EXPECT_EQ(publish("roadmap", "").status, 422);
}

TEST_F(Texts, ATeamAcceptsTheAgreementOnItsRecordAndANewOneAgain) {
    const shape::Json shown = house->call(ada, "GET", agreement_path(ada)).json();
    EXPECT_FALSE(*shown.find("is_accepted")->if_bool());
    EXPECT_TRUE(shown.find("accepted_at")->is_null());
    const Answer accepted = accept(ada, shown);
    ASSERT_EQ(accepted.status, 200) << accepted.body;
    EXPECT_TRUE(*accepted.json().find("is_accepted")->if_bool());
    EXPECT_EQ(*accepted.json().find("accepted_by")->if_string(), "Ada Example");
    const std::string changes = shape::write_json(changes_of_newest(ada.team, "agreement.accept"));
    EXPECT_NE(changes.find(*shown.find("sha256")->if_string()), std::string::npos) << changes;

    ASSERT_EQ(publish("agreement", "We process what you tell us to.").status, 200);
    EXPECT_EQ(accept(ada, shown).status, 409);
    const shape::Json newer = house->call(ada, "GET", agreement_path(ada)).json();
    EXPECT_FALSE(*newer.find("is_accepted")->if_bool());
    EXPECT_EQ(*newer.find("accepted_version")->if_integer(), 0);
    EXPECT_EQ(accept(ada, newer).status, 200);
    EXPECT_EQ(accept(ada, newer).status, 200);
}

TEST_F(Texts, OnlyAnOwnerAcceptsForATeam) {
    const Browser bob = house->sign_up("Bob Example", "bob@example.com", "Pier");
    house->add_member(bob, ada.team, "admin");
    const Answer shown = house->call(bob, "GET", agreement_path(ada));
    ASSERT_EQ(shown.status, 200);
    EXPECT_EQ(accept(bob, shown.json()).status, 403);
}

TEST_F(Texts, ATeamIsMadeUnderTheAgreementAsItIsThen) {
    const Browser eve = house->sign_up("Eve Example", "eve@example.com", "Pier");
    const shape::Json then = house->call(eve, "GET", agreement_path(eve)).json();
    const std::string sha256 = *then.find("sha256")->if_string();
    EXPECT_EQ(*then.find("issued_sha256")->if_string(), sha256);
    EXPECT_FALSE(*then.find("is_accepted")->if_bool()); // issued is not accepted
    const std::string made = shape::write_json(changes_of_newest(eve.team, "team.create"));
    EXPECT_NE(made.find(sha256), std::string::npos) << made;

    const std::string words = "We process what Eve tells us to.";
    ASSERT_EQ(publish("agreement", words).status, 200);
    const shape::Json now = house->call(eve, "GET", agreement_path(eve)).json();
    EXPECT_EQ(*now.find("sha256")->if_string(), sha256_of(words));
    EXPECT_EQ(*now.find("issued_sha256")->if_string(), sha256);
    const Answer file = house->call(eve, "GET", agreement_path(eve) + "/issued");
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(sha256_of(file.body.substr(0, file.body.size() - 1)), sha256);
    EXPECT_NE(file.headers.at("content-disposition").find("attachment"), std::string::npos);
    EXPECT_EQ(house->call(ada, "GET", agreement_path(eve) + "/issued").status, 404);

    // A team that is made afterwards, by an account that is there already.
    const Answer second = house->call(eve, "POST", "/api/v1/teams", R"({"name":"Second pier"})");
    ASSERT_EQ(second.status, 201) << second.body;
    Browser in_second = eve;
    in_second.team = TeamId(parse_uuid(*second.json().find("id")->if_string()).value());
    EXPECT_EQ(house->call(in_second, "GET", agreement_path(in_second) + "/issued").body,
              words + "\n");
}

} // namespace
} // namespace atalaya::apitest
