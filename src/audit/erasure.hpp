// Takes payloads out of the record for good, with an event that says which, why and by whom. What
// is left of an erased payload is its commitment, so the chain goes on verifying.
//
// On a worker's thread, in a transaction in the scope of the team.
#pragma once

#include "audit/chain.hpp"
#include "audit/recorder.hpp"
#include "shape/codec.hpp"

namespace atalaya::audit {

/// On what ground (GDPR Art. 17 (1) and (3), and what should never have been written).
enum class ErasureBasis : std::uint8_t {
    no_longer_needed,
    consent_withdrawn,
    objection,
    unlawful,
    legal_obligation,
    entered_by_mistake,
};

/// One payload of the team's record.
struct Piece {
    std::int64_t seq = 0;
    Part part{};

    bool operator==(const Piece&) const = default;
};

struct Erasure {
    std::vector<Piece> pieces; ///< none twice, none that is erased already
    ErasureBasis basis{};
    std::string note{};
};

/// Queues the tombstone event on the team's chain, and behind it the erasure itself. The event
/// names every piece. When one of them is gone already, the transaction is a lost race. `then` is
/// called with the event's number, as Recorder::add says.
void add_erasure(Recorder& recorder, const TeamId& team, Erasure erasure,
                 const Recorder::Then& then = {});

/// Erases payloads of the scope's team. The event `audit.tombstone` that says so must have been
/// queued in this transaction before, and got the number `by_seq`.
void erase_payloads(db::Tx& tx, const std::vector<Piece>& pieces, std::int64_t by_seq);

} // namespace atalaya::audit

template <>
struct atalaya::shape::EnumNames<atalaya::audit::ErasureBasis> {
    using Basis = atalaya::audit::ErasureBasis;
    static constexpr std::array<std::pair<Basis, std::string_view>, 6> names{
        {{Basis::no_longer_needed, "no_longer_needed"},
         {Basis::consent_withdrawn, "consent_withdrawn"},
         {Basis::objection, "objection"},
         {Basis::unlawful, "unlawful"},
         {Basis::legal_obligation, "legal_obligation"},
         {Basis::entered_by_mistake, "entered_by_mistake"}}};
};
