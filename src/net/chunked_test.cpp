#include "net/chunked.hpp"

#include <gtest/gtest.h>

namespace atalaya::net {
namespace {

using State = ChunkedDecoder::State;

TEST(ChunkedDecoder, DecodesHoweverTheBytesArrive) {
    const std::string in = "4\r\nWiki\r\n5\r\npedia\r\n00A\r\n 0123\r\n456\r\n0\r\n\r\nnext";
    for (std::size_t piece = 1; piece <= in.size(); ++piece) {
        ChunkedDecoder decoder(100);
        std::string body;
        std::size_t used = 0;
        while (decoder.state() == State::more && used < in.size())
            used += decoder.feed(std::string_view(in).substr(used, piece), body);
        EXPECT_EQ(decoder.state(), State::done) << piece;
        EXPECT_EQ(body, "Wikipedia 0123\r\n456") << piece;
        EXPECT_EQ(in.substr(used), "next") << piece;
    }
}

TEST(ChunkedDecoder, RefusesWhatOthersMightReadDifferently) {
    for (const std::string_view bad :
         {"4;x=y\r\nWiki\r\n", "4 \r\nWiki\r\n", "4\nWiki\r\n", "\r\n", "x\r\n", "-1\r\n",
          "0x4\r\nWiki\r\n", "4\r\nWikiX", "4\r\nWiki\n", "0\r\nTrailer: x\r\n\r\n", "0\r\n\n",
          "1234567890123456\r\n", " 4\r\n"}) {
        ChunkedDecoder decoder(100);
        std::string body;
        decoder.feed(bad, body);
        EXPECT_EQ(decoder.state(), State::bad) << bad;
    }
}

TEST(ChunkedDecoder, HoldsItsBound) {
    ChunkedDecoder exact(9);
    std::string body;
    exact.feed("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n", body);
    EXPECT_EQ(exact.state(), State::done);

    ChunkedDecoder over(8);
    body.clear();
    over.feed("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n", body);
    EXPECT_EQ(over.state(), State::too_large);
    EXPECT_EQ(body, "Wiki");

    ChunkedDecoder huge(8);
    huge.feed("FFFFFFFFFFFFFFF\r\n", body);
    EXPECT_EQ(huge.state(), State::too_large);
}

} // namespace
} // namespace atalaya::net
