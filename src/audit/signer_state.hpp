// What the signer remembers of what it signed. It trusts this and nothing that the database says:
// a chain that does not continue it is not signed again.
//
// Values; pure; any thread. The encoding ends with a hash, so that a torn file is no state.
#pragma once

#include "audit/merkle.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace atalaya::audit {

/// Whose chain, and which lane of it.
struct ChainName {
    TeamId team;
    std::int16_t lane = 0;

    auto operator<=>(const ChainName&) const = default;
};

struct SignedChain {
    Frontier frontier;
    Hash last{};                 ///< row hash of the event at the frontier's size
    std::int64_t log_index = -1; ///< of its newest checkpoint; -1: none was made yet

    bool operator==(const SignedChain&) const = default;
};

struct SignerState {
    /// What its checkpoints are named after. Made with the memory, so that a signer that lost it
    /// does not contradict what it signed before.
    std::string instance{};
    std::map<ChainName, SignedChain> chains{};
    Frontier log{}; ///< the tree over all checkpoints

    bool operator==(const SignerState&) const = default;
};

Bytes encode_state(const SignerState& state);
Result<SignerState> parse_state(BytesView bytes);

} // namespace atalaya::audit
