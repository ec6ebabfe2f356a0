// Runs the fuzz target over mutations of good chunked bodies: the same ones each time, a bounded
// number of them.
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

TEST(ChunkedFuzz, NoMutationBreaksTheDecoder) {
    const std::vector<Bytes> corpus{
        to_bytes("0\r\n\r\n"),
        to_bytes("4\r\nWiki\r\n5\r\npedia\r\n00A\r\n 0123\r\n456\r\n0\r\n\r\n"),
        to_bytes("40\r\n" + std::string(64, 'x') + "\r\n0\r\n\r\nnext"),
        to_bytes("ffffffffffffffff\r\nx\r\n"), to_bytes("1;a=b\r\nx\r\n0\r\nT: x\r\n\r\n")};
    fuzz::run_mutations(corpus, 60'000, 5);
}

} // namespace
