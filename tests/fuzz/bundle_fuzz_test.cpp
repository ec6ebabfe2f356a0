// Runs the fuzz target over mutations of good bundles: the same ones each time, a bounded number of
// them.
#include "archive/zip.hpp"
#include "audit/test_chain.hpp"
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;

std::vector<Bytes> make_corpus() {
    std::vector<Bytes> corpus{{}, to_bytes("z"), to_bytes("t{}")};
    for (const std::int64_t length : {1, 4}) {
        audit::Bundle bundle = audit::make_bundle(1, length, length);
        bundle.events[0].link.parts[0] = {audit::PartState::Kind::unopened, {}, {}};
        if (length > 1)
            bundle.events[1].link.parts[1] = {audit::PartState::Kind::erased, {}, {}, length};
        const Bytes zip = audit::encode_bundle(bundle);
        Bytes& whole = corpus.emplace_back(to_bytes("z"));
        whole.insert(whole.end(), zip.begin(), zip.end());
        Bytes& texts = corpus.emplace_back(to_bytes("t"));
        for (const archive::File& file : archive::parse_zip(zip).value()) {
            texts.insert(texts.end(), file.content.begin(), file.content.end());
            if (file.name == "manifest.json")
                texts.push_back(0);
        }
    }
    return corpus;
}

TEST(BundleFuzz, NoMutationBreaksTheReader) { fuzz::run_mutations(make_corpus(), 4'000, 3); }

} // namespace
