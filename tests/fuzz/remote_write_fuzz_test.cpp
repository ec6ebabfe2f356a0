// Runs the fuzz target over mutations of good requests: the same ones each time, a bounded number
// of them.
#include "fuzz/mutate.hpp"
#include "wire/test_protobuf.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;
using namespace atalaya::wire::test;

std::vector<Bytes> make_corpus() {
    const std::string one = series({{"__name__", "up"}, {"job", "api"}}, {{1'000, 1}, {2'000, 0}});
    const std::string two = series({{"__name__", "x"}}, {{1'763'800'000'000, 0.1}});
    const std::string metadata = field(3, varint_field(1, 2) + field(2, "up"));
    std::vector<Bytes> corpus{{}};
    for (const std::string& message : {one, one + two, metadata + two + field(1, field(4, "h"))}) {
        corpus.push_back(to_bytes(message));
        corpus.push_back(snappy_block(message));
    }
    return corpus;
}

TEST(RemoteWriteFuzz, NoMutationBreaksTheReader) { fuzz::run_mutations(make_corpus(), 40'000, 5); }

} // namespace
