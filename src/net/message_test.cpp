#include "net/message.hpp"

#include "base/check.hpp"

#include <gtest/gtest.h>

namespace atalaya::net {
namespace {

TEST(Reply, AnswersOnce) {
    int answers = 0;
    int status = 0;
    Reply reply([&](std::optional<Response> response) {
        ++answers;
        status = response ? response->status : -1;
    });
    reply({201, {}, {}, nullptr});
    EXPECT_THROW(reply({202, {}, {}, nullptr}), LogicFault);
    EXPECT_EQ(answers, 1);
    EXPECT_EQ(status, 201);
}

TEST(Reply, SaysWhenItWasDropped) {
    int dropped = 0;
    const auto sink = [&](const std::optional<Response>& response) { dropped += !response; };
    { Reply reply(sink); }
    EXPECT_EQ(dropped, 1);
    {
        Reply first(sink);
        Reply second(std::move(first));
        first = Reply(sink);
        first = std::move(second); // drops what it held
        EXPECT_EQ(dropped, 2);
    }
    EXPECT_EQ(dropped, 3);
}

TEST(Stream, HandsOverInOrderAndSaysWhenItIsWhole) {
    Stream stream;
    EXPECT_TRUE(stream.send("a"));
    EXPECT_TRUE(stream.send("b"));
    Stream::Taken taken = stream.take();
    EXPECT_EQ(taken.bytes, "ab");
    EXPECT_FALSE(taken.last);
    stream.send("c");
    stream.finish();
    EXPECT_FALSE(stream.send("d"));
    taken = stream.take();
    EXPECT_EQ(taken.bytes, "c");
    EXPECT_TRUE(taken.last);
}

TEST(Stream, ClosesWhenTheClientIsTooSlow) {
    Stream stream;
    int closed = 0;
    stream.on_close([&] { ++closed; });
    EXPECT_TRUE(stream.send(std::string(Stream::queued_bytes_max, 'x')));
    EXPECT_EQ(closed, 0);
    EXPECT_FALSE(stream.send("x"));
    EXPECT_TRUE(stream.closed());
    EXPECT_EQ(stream.queued(), 0u);
    stream.close();
    EXPECT_EQ(closed, 1);
    stream.on_close([&] { ++closed; });
    EXPECT_EQ(closed, 2) << "told at once when it is closed already";
}

TEST(Stream, WakesTheSession) {
    Stream stream;
    int woken = 0;
    stream.attach([&] { ++woken; });
    stream.send("a");
    stream.finish();
    EXPECT_EQ(woken, 2);
    stream.close();
    stream.finish();
    EXPECT_EQ(woken, 2);
}

} // namespace
} // namespace atalaya::net
