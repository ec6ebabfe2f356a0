// Runs the fuzz target over mutations of good frames: the same ones each time, a bounded number of
// them.
#include "fuzz/mutate.hpp"
#include "wire/frame.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

std::vector<Bytes> make_corpus() {
    std::vector<Bytes> corpus{{}, wire::encode_push({})};
    for (const std::size_t ticks : {1u, 9u, 40u}) {
        for (const bool whole : {false, true}) {
            wire::Push push;
            push.seq = 300;
            push.series_count = 4;
            for (std::size_t i = 0; i < ticks; ++i)
                push.times_ms.push_back(1'763'800'000'000 + static_cast<std::int64_t>(i * 10'000));
            for (std::size_t i = 0; i < 4 * ticks; ++i)
                push.values.push_back(i % 5 == 4  ? wire::absent()
                                      : i < ticks ? 0.1 + 0.2
                                                  : static_cast<double>(i * i) / 8);
            if (whole) {
                push.series = wire::SeriesTable{{.name = "a", .labels = {{"x", "1"}, {"y", "2"}}},
                                                {.name = "a", .labels = {{"x", "2"}}},
                                                {.name = "b"},
                                                {.name = "c", .labels = {{"x", ""}}}};
                push.facts =
                    wire::HostFacts{.hostname = "host.example", .addresses = {"192.0.2.7"}};
            }
            corpus.push_back(wire::encode_push(push));
        }
    }
    return corpus;
}

TEST(FrameFuzz, NoMutationBreaksTheDecoder) { fuzz::run_mutations(make_corpus(), 60'000, 5); }

} // namespace
