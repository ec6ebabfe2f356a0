// Runs the fuzz target over mutations of good queries: the same ones each time, a bounded number of
// them.
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace atalaya;

TEST(FilterFuzz, NoMutationBreaksTheReader) {
    const std::vector<Bytes> corpus{
        {},
        to_bytes("actor:ada@example.com -action:alert_rule.* outcome:denied"),
        to_bytes(R"(from:2026-11-22 since:24h "left \"door\" \\" -cable*)"),
        to_bytes("Zo\xc3\xab 2001:db8::1 -\"-\" action:*")};
    for (const Bytes& query : corpus)
        LLVMFuzzerTestOneInput(query.data(), query.size());
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 60'000; ++round) {
        Bytes query = corpus[random() % corpus.size()];
        const Bytes& other = corpus[random() % corpus.size()];
        for (std::uint64_t edits = 1 + random() % 5; edits > 0; --edits)
            fuzz::mutate(query, other, random);
        LLVMFuzzerTestOneInput(query.data(), query.size());
    }
}

} // namespace
