// Runs the fuzz target over mutations of good queries: the same ones each time, a bounded number of
// them.
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

TEST(FilterFuzz, NoMutationBreaksTheReader) {
    const std::vector<Bytes> corpus{
        {},
        to_bytes("actor:ada@example.com -action:alert_rule.* outcome:denied"),
        to_bytes(R"(from:2026-11-22 since:24h "left \"door\" \\" -cable*)"),
        to_bytes("Zo\xc3\xab 2001:db8::1 -\"-\" action:*")};
    fuzz::run_mutations(corpus, 60'000, 5);
}

} // namespace
