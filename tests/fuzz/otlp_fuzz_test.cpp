// Runs the fuzz target over mutations of good requests: the same ones each time, a bounded number
// of them.
#include "base/text.hpp"
#include "fuzz/mutate.hpp"
#include "wire/test_otlp.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;
using namespace atalaya::wire::test;

std::vector<Bytes> make_corpus() {
    constexpr std::uint64_t at_ns = 1'763'800'000'000'000'000;
    const std::string gauge = metric("g", "s", 5, number_point(at_ns, 1.5));
    const std::string histogram = metric("h", "", 9, histogram_point(at_ns, 3, 4) + cumulative());
    // `gzip` of four letters.
    const Bytes packed = parse_hex("1f8b08000000000002034b4c4a4e010011cd82ed04000000").value();
    return {{},
            to_bytes(otlp_request(gauge)),
            to_bytes(otlp_request(histogram)),
            to_bytes(otlp_request(gauge + histogram)),
            packed};
}

TEST(OtlpFuzz, NoMutationBreaksTheReaders) { fuzz::run_mutations(make_corpus(), 40'000, 5); }

} // namespace
