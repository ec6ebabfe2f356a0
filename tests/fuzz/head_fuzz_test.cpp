// Runs the fuzz target over mutations of good and of doubtful heads: the same ones each time, a
// bounded number of them.
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

TEST(HeadFuzz, NoMutationBreaksTheReader) {
    const std::vector<Bytes> corpus{
        to_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        to_bytes(
            "POST /a%20b/c?x=%2F HTTP/1.1\r\nHost: example.com:8443\r\nX-Name: \t some value \r\n"
            "Content-Length: 12\r\nExpect: 100-continue\r\n\r\n"),
        to_bytes("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: "
                 "close\r\n\r\n"),
        to_bytes("GET http://example.com/%c3%a9 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        to_bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
        to_bytes("GET /a/../b//c\\d%00 HTTP/1.1\r\nHost : a\r\n folded\r\n\r\n")};
    fuzz::run_mutations(corpus, 60'000, 5);
}

} // namespace
