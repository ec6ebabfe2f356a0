// Decides what is signed: each chain only as far as it continues what was signed before.
//
// Pure; one thread. It is fed with what a database says of its chains, takes none of it on trust,
// and gives checkpoints and alarms. Whoever drives it makes state() durable before a checkpoint
// leaves, so that no crash can make it sign two roots of one size.
#pragma once

#include "audit/chain.hpp"
#include "audit/note.hpp"
#include "audit/signer_state.hpp"

#include <chrono>
#include <set>

namespace atalaya::audit {

/// A chain as the database shows it.
struct SignerHead {
    ChainName chain;
    std::int64_t seq = 0;
    Hash hash{};
    std::int64_t published = 0; ///< size of the newest checkpoint that lies there
    std::optional<Hash> published_root{};
};

struct SignerRow {
    ChainName chain;
    std::int64_t seq = 0;
    Link link; ///< without columns, seal and parts
};

/// Rows wanted of a chain: from this number on.
struct SignerWish {
    ChainName chain;
    std::int64_t from = 1;
};

struct SignedCheckpoint {
    ChainName chain;
    std::int64_t size = 0;
    Hash root{}, row_hash{};
    std::string note, vkey;
    std::int64_t log_index = -1; ///< -1 for the tree over all
};

struct SignerAlarm {
    ChainName chain;
    std::int64_t seq = 0;
    std::string reason;

    bool operator==(const SignerAlarm&) const = default;
};

/// The lane, under the nil id, of the tree over all checkpoints.
inline constexpr std::int16_t log_lane = -1;
inline constexpr std::int64_t signed_at_once = 1000;

class Signer {
  public:
    using Clock = std::chrono::steady_clock;

    /// `rebuilding`: nothing was remembered, so the chains are read from their beginning and held
    /// against the checkpoints that lie in the database.
    Signer(Secret seed, SignerState state, bool rebuilding, std::chrono::seconds interval);

    /// Judges the heads, and says of which chains rows are wanted now.
    std::vector<SignerWish> look(const std::vector<SignerHead>& heads, Clock::time_point now);
    /// Rows of look()'s wishes, chain by chain in their order. When the database gave as many as it
    /// was asked for, `cut_off`: there may be more. Signs what holds.
    void take(const std::vector<SignerRow>& rows, const std::vector<SignerWish>& wishes,
              bool cut_off, Clock::time_point now);

    /// From now on this key signs; the tree over all checkpoints is signed with it at once.
    void change_key(Secret seed);
    /// What must be published, after state() is durable: what was just signed, and what the
    /// database has not got yet.
    std::vector<SignedCheckpoint> take_checkpoints();
    const std::vector<SignerAlarm>& alarms() const { return alarms_; }
    const SignerState& state() const { return state_; }
    /// Whether state() changed since the last take_checkpoints().
    bool moved() const { return moved_; }

  private:
    using Rows = std::vector<SignerRow>::const_iterator;

    void alarm(const ChainName& chain, std::int64_t seq, std::string reason);
    bool is_sound(const SignerHead& head);
    bool is_due(const SignerHead& head, std::int64_t size, Clock::time_point now) const;
    void follow(const ChainName& name, Rows begin, Rows end, Clock::time_point now);
    SignedCheckpoint sign(const ChainName& name, const SignedChain& chain) const;
    SignedCheckpoint sign_log() const;
    SignedCheckpoint sign_text(const ChainName& name, const Checkpoint& checkpoint) const;

    Secret seed_;
    bool rebuilding_;
    std::chrono::seconds interval_;
    SignerState state_;
    std::map<ChainName, SignerHead> heads_;
    std::map<ChainName, Clock::time_point> signed_at_;
    std::vector<SignerAlarm> alarms_;
    std::vector<SignedCheckpoint> made_;
    std::int64_t log_published_ = 0;
    bool moved_ = false;
};

/// The key under the name that the checkpoints of one chain have.
NoteKey signer_key(std::string_view instance, const Secret& seed, const ChainName& chain);

} // namespace atalaya::audit
