#include "agent/config.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace atalaya::agent {
namespace {

constexpr std::string_view good = "server = \"https://server.example:8443\"\n"
                                  "token = \"sha_abcABC-_019\"\n"
                                  "spool_dir = \"/var/lib/spool\"\n";

std::string complaint(const std::string& text) {
    try {
        parse_config(text, "agent.toml");
    } catch (const std::runtime_error& fault) {
        return fault.what();
    }
    return "";
}

TEST(Config, ReadsKeysAndDefaults) {
    const Config config = parse_config(std::string(good) + "pin = \"abc=\"\ninterval_s = 5\n", "x");
    EXPECT_EQ(config.server, "https://server.example:8443");
    EXPECT_EQ(config.token.reveal_text(), "sha_abcABC-_019");
    EXPECT_EQ(config.spool_dir, "/var/lib/spool");
    EXPECT_EQ(config.pin, "abc=");
    EXPECT_EQ(config.interval, std::chrono::seconds(5));
    EXPECT_EQ(config.spool_bytes_max, 64u << 20);
}

TEST(Config, RefusesPlainHttp) {
    EXPECT_EQ(complaint("server = \"http://server.example\"\n"),
              "agent.toml:1: server must begin with https://; the agent never speaks plain HTTP");
}

TEST(Config, RefusesFaultsWithFileAndLine) {
    const std::string text(good);
    EXPECT_TRUE(complaint(text + "sever = 1\n").starts_with("agent.toml:4: unknown key sever"));
    EXPECT_TRUE(complaint(text + "interval_s = 0\n").starts_with("agent.toml:4: interval_s"));
    EXPECT_TRUE(complaint(text + "interval_s = \"1\"\n").starts_with("agent.toml:4: interval_s"));
    EXPECT_TRUE(complaint(text + "ca = \"ca.pem\"\n").starts_with("agent.toml:4: ca must be"));
    EXPECT_TRUE(complaint(text + "spool_mib = \n").starts_with("agent.toml:4: "));
    EXPECT_EQ(complaint(text + "token_file = \"/etc/token\"\n"),
              "agent.toml: give either token or token_file");
    EXPECT_NE(complaint("token = \"sha_x\"\nspool_dir = \"/s\"\n"), "");
    EXPECT_NE(complaint("server = \"https://s\"\ntoken = \"sha_x\"\n"), "");
    EXPECT_EQ(complaint(text), "");
}

TEST(Config, ATokenHoldsNothingThatCouldBreakAHeader) {
    const std::string text = "server = \"https://s\"\nspool_dir = \"/s\"\ntoken = ";
    EXPECT_EQ(complaint(text + "\"sha_x\"\n"), "");
    EXPECT_NE(complaint(text + "\"sha_x\\r\\nHost: y\"\n"), "");
    EXPECT_NE(complaint(text + "\"other\"\n"), "");
}

} // namespace
} // namespace atalaya::agent
