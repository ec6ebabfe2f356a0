// An agent's token opens the agents' door, for its own server, until it is replaced; nothing else
// does.
#include "api/house.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
namespace {

using shape::Json;

class AgentTokens : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Example");
        const Json created =
            house->call(ada, "POST", base(ada) + "/servers", R"({"name":"watched"})").json();
        server = base(ada) + "/servers/" + text(created, "id");
        token = text(created, "agent_token");
    }
    static void TearDownTestSuite() { house.reset(); }

    /// The status of a push without content, which is 401 at the closed door and another behind it.
    static int push(const net::Header& credential) {
        net::Request request;
        request.method = "POST";
        request.path = "/agent/v1/push";
        request.headers = {{"content-type", "application/vnd.atalaya.push"}, credential};
        request.peer = "192.0.2.61";
        request.secure = true;
        return house->call(std::move(request)).status;
    }
    static net::Header bearer(const std::string& secret) {
        return {"authorization", "Bearer " + secret};
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada;
    static inline std::string server, token;
};

TEST_F(AgentTokens, OnlyATokenOpensTheAgentsDoor) {
    EXPECT_NE(push(bearer(token)), 401);
    std::string other = token;
    other.back() = other.back() == 'A' ? 'B' : 'A';
    EXPECT_EQ(push(bearer(other)), 401);
    EXPECT_EQ(push(bearer("sha_")), 401);
    EXPECT_EQ(push(bearer(token.substr(4))), 401);
    EXPECT_EQ(push({"cookie", ada.cookie}), 401);
    EXPECT_EQ(push({"x-other", token}), 401);
}

TEST_F(AgentTokens, ATokenOpensNothingElse) {
    for (const std::string& path : {std::string("/api/v1/me"), base(ada) + "/servers", server}) {
        net::Request request;
        request.method = "GET";
        request.path = path;
        request.headers = {bearer(token)};
        request.peer = "192.0.2.61";
        request.secure = true;
        EXPECT_EQ(house->call(std::move(request)).status, 401) << path;
    }
}

TEST_F(AgentTokens, AReplacedTokenIsDeadAtOnce) {
    ASSERT_NE(push(bearer(token)), 401);
    const Answer replaced = house->call(ada, "POST", server + "/token");
    const std::string old = std::exchange(token, text(replaced.json(), "agent_token"));
    EXPECT_EQ(push(bearer(old)), 401);
    EXPECT_NE(push(bearer(token)), 401);
}

} // namespace
} // namespace atalaya::apitest
