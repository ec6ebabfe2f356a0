#include "net/head.hpp"

#include "base/problems.hpp"

#include <gtest/gtest.h>

namespace atalaya::net {
namespace {

std::string code_of(std::string_view text) {
    const HeadEnd end = find_head_end(text, 0);
    if (end.bad)
        return "bad";
    if (end.size != text.size())
        return "incomplete";
    const auto parsed = parse_request_head(text);
    const auto* refusal = std::get_if<Refusal>(&parsed);
    return refusal ? std::string(refusal->kind->code) : "ok";
}

std::string with_field(const std::string& field) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
}

TEST(RequestHead, IsReadIntoItsParts) {
    const auto parsed = parse_request_head("POST /a%20b/c?x=%2F HTTP/1.1\r\n"
                                           "Host: example.com:8443\r\nX-Name: \t some value \r\n"
                                           "Content-Length: 12\r\nExpect: 100-continue\r\n\r\n");
    const auto& head = std::get<RequestHead>(parsed);
    EXPECT_EQ(head.request.method, "POST");
    EXPECT_EQ(head.request.target, "/a%20b/c?x=%2F");
    EXPECT_EQ(head.request.path, "/a b/c");
    EXPECT_EQ(head.request.query, "x=%2F");
    EXPECT_EQ(head.request.header("x-name"), "some value");
    EXPECT_EQ(head.framing.content_length, 12u);
    EXPECT_TRUE(head.framing.keep_alive);
    EXPECT_TRUE(head.expects_continue);
}

TEST(RequestHead, KeepsTheConnectionAsTheVersionSays) {
    const auto keeps = [](const std::string& text) {
        return std::get<RequestHead>(parse_request_head(text)).framing.keep_alive;
    };
    EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestHead, IsRefusedWhenParsersCouldDisagree) {
    EXPECT_EQ(code_of(with_field("X: y")), "ok");
    const std::vector<std::string> bad_fields{
        "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Content-Length: 1\r\nContent-Length: 1",
        "Content-Length: 1, 1",
        "Content-Length: +1",
        "Content-Length: -1",
        "Content-Length: ",
        "Content-Length: 99999999999999999999",
        "Content-Length: 0x10",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "X : y",
        "X: y\r\n folded",
        "X: y\r\n\tfolded",
        " X: y",
        "no colon",
        ": no name",
        "X\x01: y",
        "X: a\x01y",
        std::string("X: a\0y", 6),
        "X: a\ry",
        "Host: b",
        "Authorization: a\r\nAuthorization: b",
        "Expect: 200-ok",
    };
    for (const std::string& field : bad_fields)
        EXPECT_EQ(code_of(with_field(field)), "bad_request") << field;
}

TEST(RequestHead, NeedsItsLinesToEndInCrLf) {
    EXPECT_EQ(code_of("GET / HTTP/1.1\nHost: a\r\n\r\n"), "bad");
    EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: a\n\r\n"), "bad");
    EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: a\r\n\n"), "bad");
    EXPECT_EQ(code_of("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "bad");
    EXPECT_EQ(code_of("\x16\x03\x01"), "bad");
    EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: a\r\n\r"), "incomplete");
}

TEST(RequestHead, NeedsAPlainRequestLine) {
    const auto line = [](const std::string& text) { return code_of(text + "\r\nHost: a\r\n\r\n"); };
    EXPECT_EQ(line("GET / HTTP/1.1"), "ok");
    EXPECT_EQ(line("TRACE / HTTP/1.1"), "method_not_allowed");
    EXPECT_EQ(line("CONNECT /a HTTP/1.1"), "method_not_allowed");
    for (const std::string bad :
         {"GET  / HTTP/1.1", "GET / HTTP/2.0", "GET / HTTP/1.10", "GET / http/1.1", "GET /", "GET",
          "G(T / HTTP/1.1", "GET http://a/ HTTP/1.1", "GET * HTTP/1.1", "GET /a#b HTTP/1.1",
          "GET /a b HTTP/1.1", "GET /\xc3\xa4 HTTP/1.1", "GET /\t HTTP/1.1", "GET /a\r HTTP/1.1",
          "GET a HTTP/1.1"})
        EXPECT_EQ(line(bad), "bad_request") << bad;
}

TEST(RequestHead, NeedsOneHost) {
    EXPECT_EQ(code_of("GET / HTTP/1.1\r\n\r\n"), "bad_request");
    for (const std::string bad : {"a b", "a/b", "a\"b", "a@b", "[::1", "a:b", "a:99999", "<x>"})
        EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: " + bad + "\r\n\r\n"), "bad_request") << bad;
    for (const std::string good : {"a", "a.b-c:80", "[::1]", "[::1]:8443", "127.0.0.1:1"})
        EXPECT_EQ(code_of("GET / HTTP/1.1\r\nHost: " + good + "\r\n\r\n"), "ok") << good;
}

TEST(RequestHead, HasABoundOnItsFields) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < head_fields_max; ++i)
        text += "X: y\r\n";
    EXPECT_EQ(code_of(text + "\r\n"), "ok");
    EXPECT_EQ(code_of(text + "X: y\r\n\r\n"), "head_too_large");
}

TEST(Path, IsDecodedOnce) {
    EXPECT_EQ(parse_path("/"), "/");
    EXPECT_EQ(parse_path("/a/b/"), "/a/b/");
    EXPECT_EQ(parse_path("/%61%2541"), "/a%41");
    EXPECT_EQ(parse_path("/%C3%A4"), "/\xc3\xa4");
    EXPECT_EQ(parse_path("/a..b/.c/..."), "/a..b/.c/...");
}

TEST(Path, IsRefusedWhenItCouldMeanAnother) {
    for (const std::string_view bad :
         {"",          "a",    "//",     "/a//b",  "/a/../b", "/..",     "/.",           "/a/.",
          "/%2e%2e/b", "/%2E", "/a%2fb", "/a%2Fb", "/a%5cb",  "/a\\b",   "/a%00",        "/a%0a",
          "/a%7f",     "/a%",  "/a%4",   "/a%zz",  "/%ff",    "/%c0%af", "/a/%2e%2e%2fb"})
        EXPECT_FALSE(parse_path(bad)) << bad;
}

TEST(HeadEnd, IsFoundHoweverTheBytesArrive) {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
    std::size_t scanned = 0;
    for (std::size_t size = 1; size <= text.size(); ++size) {
        const HeadEnd end = find_head_end(std::string_view(text).substr(0, size), scanned);
        ASSERT_FALSE(end.bad) << size;
        if (end.size > 0) {
            EXPECT_EQ(end.size, text.size() - 4);
            EXPECT_EQ(size, end.size);
            return;
        }
        scanned = size;
    }
    FAIL() << "not found";
}

TEST(ResponseHead, IsReadIntoItsParts) {
    const auto head =
        parse_response_head("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX: y\r\n\r\n");
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->status, 404);
    EXPECT_EQ(head->framing.content_length, 3u);
    EXPECT_TRUE(parse_response_head("HTTP/1.1 200\r\n\r\n").has_value());
    for (const std::string_view bad :
         {"HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
          "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n"})
        EXPECT_TRUE(parse_response_head(bad).has_error()) << bad;
}

} // namespace
} // namespace atalaya::net
