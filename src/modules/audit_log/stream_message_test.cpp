#include "modules/audit_log/stream_message.hpp"

#include "base/text.hpp"
#include "modules/audit_log/streamer.hpp"

#include <gtest/gtest.h>

namespace atalaya::audit_log {
namespace {

const TeamId team(*parse_uuid("018f3c5e-0000-7000-8000-00000000000a"));
const Time now = *parse_rfc3339("2026-11-22T12:00:00Z");

EventSummary sample() {
    EventSummary event;
    event.seq = 7;
    event.id = *parse_uuid("018f3c5e-0000-7000-8000-00000000000b");
    event.at = now;
    event.action = "server.update";
    event.outcome = "denied";
    event.resource_type = "server";
    event.resource_name = "Zoë's door";
    event.row_hash = "00ff";
    return event;
}

TEST(StreamMessage, IsSignedAsStandardWebhooksSay) {
    // The vector of the specification's own libraries.
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const auto request = make_webhook("https://siem.example/in", secret, team, sample(), now);
    std::map<std::string, std::string> headers(request.headers.begin(), request.headers.end());
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(headers["webhook-id"], to_string(sample().id));
    EXPECT_EQ(headers["webhook-timestamp"], "1795348800");
    const std::string text = headers["webhook-id"] + ".1795348800." + request.body;
    const Bytes key = *parse_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    EXPECT_EQ(headers["webhook-signature"],
              "v1," + to_base64(crypto::hmac_sha256(key, as_bytes(text))));
    const auto body = shape::parse_json(request.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(*body->find("type")->if_string(), "audit.event");
    EXPECT_EQ(*body->find("data")->find("event")->find("seq")->if_integer(), 7);
}

TEST(StreamMessage, IsFramedAsSyslog) {
    const std::string message = make_syslog("siem host.example", team, sample());
    const auto space = message.find(' ');
    EXPECT_EQ(std::to_string(message.size() - space - 1), message.substr(0, space));
    EXPECT_TRUE(message.substr(space + 1).starts_with(
        "<108>1 2026-11-22T12:00:00.000000Z siemhost.example atalaya - server.update "
        "[meta sequenceId=\"7\"] \xef\xbb\xbf{\"team\":"))
        << message;
    const auto json = shape::parse_json(message.substr(message.find('{')));
    ASSERT_TRUE(json);
    EXPECT_EQ(*json->find("event")->find("id")->if_string(), to_string(sample().id));
    EventSummary long_one = sample();
    long_one.action = std::string(40, 'a');
    long_one.seq = 2'147'483'648;
    const std::string other = make_syslog("", team, long_one);
    EXPECT_NE(other.find(" - atalaya - " + std::string(32, 'a') + " [meta sequenceId=\"1\"]"),
              std::string::npos)
        << other;
}

TEST(StreamMessage, ReadsAddresses) {
    EXPECT_TRUE(is_webhook_url("https://siem.example:8443/in?x=1"));
    for (const std::string_view bad :
         {"http://siem.example/", "https://", "https://a b/", "https://u:p@siem.example/", ""})
        EXPECT_FALSE(is_webhook_url(bad)) << bad;
    const auto read = [](std::string_view url) {
        const auto parsed = parse_syslog_url(url);
        return parsed ? parsed->host + " " + std::to_string(parsed->port) : "none";
    };
    EXPECT_EQ(read("syslog+tls://siem.example"), "siem.example 6514");
    EXPECT_EQ(read("syslog+tls://siem.example:514"), "siem.example 514");
    EXPECT_EQ(read("syslog+tls://[2001:db8::1]:7"), "2001:db8::1 7");
    EXPECT_EQ(read("syslog+tls://[2001:db8::1]"), "2001:db8::1 6514");
    for (const std::string_view bad :
         {"siem.example:514", "syslog+tls://", "syslog+tls://a:0", "syslog+tls://a:65536",
          "syslog+tls://a/b", "syslog+tls://[::1", "syslog+tls://[::1]x", "syslog://a:1"})
        EXPECT_EQ(read(bad), "none") << bad;
}

TEST(StreamMessage, WaitsLongerAfterEachFailureUpToTenMinutes) {
    EXPECT_EQ(stream_retry_delay(1), std::chrono::seconds(1));
    EXPECT_EQ(stream_retry_delay(4), std::chrono::seconds(8));
    EXPECT_EQ(stream_retry_delay(60), std::chrono::minutes(10));
}

} // namespace
} // namespace atalaya::audit_log
