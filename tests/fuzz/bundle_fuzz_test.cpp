// Runs the fuzz target over mutations of good bundles: the same ones each time, a bounded number of
// them.
#include "archive/zip.hpp"
#include "audit/test_chain.hpp"
#include "fuzz/mutate.hpp"

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

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

TEST(BundleFuzz, NoMutationBreaksTheReader) {
    const std::vector<Bytes> corpus = make_corpus();
    for (const Bytes& input : corpus)
        LLVMFuzzerTestOneInput(input.data(), input.size());
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 4'000; ++round) {
        Bytes input = corpus[random() % corpus.size()];
        const Bytes& other = corpus[random() % corpus.size()];
        for (std::uint64_t edits = 1 + random() % 3; edits > 0; --edits)
            fuzz::mutate(input, other, random);
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
}

} // namespace
