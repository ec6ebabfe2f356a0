// Runs a fuzz target over a corpus and over edits of it, as coverage-guided fuzzers make them: for
// the tests that do without such a fuzzer. The same inputs each time, a bounded number of them.
#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace atalaya::fuzz {

/// One edit such as coverage-guided fuzzers make: a byte, a bit, a cut, a doubled or foreign
/// stretch.
inline void mutate(Bytes& input, const Bytes& other, std::mt19937_64& random) {
    if (input.empty())
        return input.push_back(static_cast<std::uint8_t>(random()));
    const auto at = static_cast<std::ptrdiff_t>(random() % input.size());
    const auto size = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(random() % 16),
                                               static_cast<std::ptrdiff_t>(input.size()) - at);
    constexpr std::array<std::uint8_t, 6> telling{0, 1, 0x7f, 0x80, 0xfe, 0xff};
    switch (random() % 6) {
    case 0:
        input[static_cast<std::size_t>(at)] = telling[random() % telling.size()];
        break;
    case 1:
        input[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << random() % 8);
        break;
    case 2:
        input.erase(input.begin() + at, input.begin() + at + size);
        break;
    case 3:
        input.resize(static_cast<std::size_t>(at));
        break;
    case 4: {
        const Bytes stretch(input.begin() + at, input.begin() + at + size);
        input.insert(input.begin() + at, stretch.begin(), stretch.end());
        break;
    }
    default:
        if (static_cast<std::size_t>(at + size) <= other.size())
            std::copy_n(other.begin() + at, size, input.begin() + at);
    }
}

/// The corpus as it is, then `rounds` inputs with one to `edits_max` edits each.
inline void run_mutations(const std::vector<Bytes>& corpus, int rounds, std::uint64_t edits_max) {
    for (const Bytes& input : corpus)
        LLVMFuzzerTestOneInput(input.data(), input.size());
    std::mt19937_64 random(20261122);
    for (; rounds > 0; --rounds) {
        Bytes input = corpus[random() % corpus.size()];
        const Bytes& other = corpus[random() % corpus.size()];
        for (std::uint64_t edits = 1 + random() % edits_max; edits > 0; --edits)
            mutate(input, other, random);
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
}

} // namespace atalaya::fuzz
