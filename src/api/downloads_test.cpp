// No sockets: the test stands in for the session that takes from the stream.
#include "api/downloads.hpp"

#include "base/problem.hpp"

#include <gtest/gtest.h>

namespace atalaya::api {
namespace {

constexpr std::size_t piece_size = net::Stream::queued_bytes_max / 4;

/// Waits for a condition that another thread brings about.
void wait_until(const std::function<bool()>& holds) {
    while (!holds())
        std::this_thread::yield();
}

TEST(Downloads, HoldsNoMoreThanItsClientIsSlow) {
    Downloads downloads;
    std::atomic<int> made = 0;
    const auto stream = downloads.start([&](std::string& piece) {
        piece.assign(piece_size, 'x');
        return ++made < 100;
    });
    std::size_t taken = 0;
    bool last = false;
    while (!last) {
        wait_until([&] { return stream->queued() > 0 || made == 100; });
        EXPECT_LE(stream->queued(), net::Stream::queued_bytes_max);
        const auto got = stream->take();
        taken += got.bytes.size();
        last = got.last;
    }
    EXPECT_EQ(taken, 100 * piece_size);
    EXPECT_FALSE(stream->closed());
}

TEST(Downloads, EndsWhenTheClientGoes) {
    Downloads downloads(1);
    std::atomic<int> made = 0;
    const auto stream = downloads.start([&](std::string& piece) {
        piece.assign(piece_size, 'x');
        ++made;
        return true;
    });
    wait_until([&] { return made >= 2; });
    EXPECT_THROW(downloads.start([](std::string&) { return false; }), Problem);
    stream->close();
    wait_until([&] {
        try {
            downloads.start([](std::string&) { return false; });
            return true;
        } catch (const Problem&) {
            return false;
        }
    });
}

TEST(Downloads, AFailureCutsTheStreamOffAndDoesNotFinishIt) {
    Downloads downloads;
    const auto stream =
        downloads.start([](std::string&) -> bool { throw std::runtime_error("gone"); });
    wait_until([&] { return stream->closed(); });
    EXPECT_FALSE(stream->take().last);
}

TEST(Downloads, StopCutsOffWhatRuns) {
    Downloads downloads;
    const auto stream = downloads.start([](std::string& piece) {
        piece.assign(piece_size, 'x');
        return true;
    });
    wait_until([&] { return stream->queued() > 0; });
    downloads.stop();
    EXPECT_TRUE(stream->closed());
    EXPECT_THROW(downloads.start([](std::string&) { return false; }), Problem);
}

} // namespace
} // namespace atalaya::api
