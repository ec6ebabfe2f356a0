#include "net/answer.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"

#include <gtest/gtest.h>

namespace atalaya::net {
namespace {

std::string head_of(const Response& response, const AnswerForm& form = {}) {
    std::string out;
    append_answer_head(out, response, {{"X-Frame-Options", "DENY"}}, form, "now");
    return out;
}

TEST(Answer, HasStatusHeadersAndLength) {
    EXPECT_EQ(
        head_of({200, {{"Content-Type", "text/plain"}}, "body", nullptr}),
        "HTTP/1.1 200 OK\r\nDate: now\r\nX-Frame-Options: DENY\r\nContent-Type: text/plain\r\n"
        "Content-Length: 4\r\n\r\n");
    EXPECT_EQ(head_of({204, {}, "", nullptr}, {.keep_alive = false}),
              "HTTP/1.1 204 No Content\r\nDate: now\r\nX-Frame-Options: DENY\r\nConnection: "
              "close\r\n\r\n");
}

TEST(Answer, PrefersTheResponsesOwnHeader) {
    const std::string head = head_of({200, {{"x-frame-options", "SAMEORIGIN"}}, "", nullptr});
    EXPECT_EQ(head.find("DENY"), std::string::npos);
    EXPECT_NE(head.find("x-frame-options: SAMEORIGIN\r\n"), std::string::npos);
}

TEST(Answer, CannotBeSplit) {
    for (const std::string& bad :
         std::vector<std::string>{"a\r\nX: y", "a\nb", "a\rb", {"a\0b", 3}}) {
        EXPECT_THROW(head_of({200, {{"Location", bad}}, "", nullptr}), LogicFault);
        EXPECT_THROW(head_of({200, {{"X" + bad, "v"}}, "", nullptr}), LogicFault);
    }
    EXPECT_THROW(head_of({200, {{"Content-Length", "1"}}, "", nullptr}), LogicFault);
    EXPECT_THROW(head_of({99, {}, "", nullptr}), LogicFault);
}

TEST(InClear, PagesGoToHttpsAndTheApiIsRefused) {
    const ServerOptions options;
    const auto answer = [&](const std::string& target, std::uint16_t port = 8443) {
        Request request;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        request.headers = {{"host", "example.com:8080"}};
        return answer_in_clear(options, request, port);
    };
    const Response page = answer("/servers?x=y");
    EXPECT_EQ(page.status, 308);
    EXPECT_EQ(page.headers.at(0).value, "https://example.com:8443/servers?x=y");
    EXPECT_EQ(answer("/apiary", 443).headers.at(0).value, "https://example.com/apiary");
    for (const std::string path : {"/api", "/api/v1/me", "/agent/push", "/ping/x", "/otlp",
                                   "/loki/api", "/probe/1", "/prometheus/write"})
        EXPECT_EQ(answer(path).status, 403) << path;
}

TEST(Refusal, SurvivesARendererThatFails) {
    ServerOptions options;
    options.refuse = [](const ProblemKind&, const std::string&) -> Response {
        throw std::runtime_error("x");
    };
    EXPECT_EQ(make_refusal(options, {&problems::too_large, "d"}).status, 413);
    const Response busy = make_refusal({}, {&problems::unavailable, "d"});
    EXPECT_EQ(busy.headers.back().name, "Retry-After");
}

TEST(Date, IsFixed) { EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

} // namespace
} // namespace atalaya::net
