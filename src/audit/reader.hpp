// Reads the record back: for the audit page, and to verify chains where they lie.
//
// On a worker's thread, inside a transaction in the scope of the team whose record it is. What the
// record says is data: a payload that cannot be read is shown as absent, and a chain that does not
// hold is a Report.
#pragma once

#include "audit/chain.hpp"
#include "audit/payload_sealer.hpp"
#include "db/tx.hpp"
#include "shape/json.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::audit {

struct EventView {
    Header header;
    Bytes header_bytes;
    std::vector<Hash> commits;
    Hash previous{};
    Hash row_hash{};
    /// The bodies as they were committed to; absent when erased or when the key is gone.
    std::optional<std::string> subject{}, detail{};
    /// By which event each part was erased; 0: it was not.
    std::array<std::int64_t, parts.size()> erased_by{};
    bool is_erased() const { return erased_by != decltype(erased_by){}; }
    /// Whose keys closed the parts, as the prefixes of their blobs; empty where there is none.
    std::array<Bytes, parts.size()> owners{};

    /// A text member of the subject ("actor", "ip", "name", ...) or of the detail ("name",
    /// "person").
    std::optional<std::string> subject_text(std::string_view member) const;
    std::optional<std::string> detail_text(std::string_view member) const;
    /// An array of {"field", "before", "after"}; empty when there is none to show.
    shape::Json changes() const;
};

/// What is hashed of an event.
struct BareLink {
    std::int64_t seq = 0;
    Bytes header;
    std::vector<Hash> commits;
    Hash previous{};
    Hash row_hash{};
};

struct Head {
    std::int64_t seq = 0;
    Hash hash{};
};

inline constexpr std::int64_t newest = std::numeric_limits<std::int64_t>::max();

/// Newest first, those with a number below `before`.
std::vector<EventView> list_events(db::Tx& tx, const PayloadSealer& sealer, std::int64_t before,
                                   std::int64_t limit);
/// Those of these numbers that exist, newest first.
std::vector<EventView> list_events_at(db::Tx& tx, const PayloadSealer& sealer,
                                      const std::vector<std::int64_t>& seqs);
/// Oldest first, those with a number above `after`.
std::vector<EventView> list_events_after(db::Tx& tx, const PayloadSealer& sealer,
                                         std::int64_t after, std::int64_t limit);
std::optional<EventView> find_event(db::Tx& tx, const PayloadSealer& sealer, std::int64_t seq);
/// Newest first, those with a number below `before`, without opening anything.
std::vector<BareLink> list_headers(db::Tx& tx, std::int64_t before, std::int64_t limit);
std::optional<Hash> find_row_hash(db::Tx& tx, std::int64_t seq);
/// The links after `after`, oldest first, as they lie there: with columns, seals and parts.
std::vector<Link> list_links(db::Tx& tx, const PayloadSealer& sealer, std::int64_t after,
                             std::int64_t limit);
inline constexpr std::int64_t links_batch_size = 5000; ///< a good limit
/// Absent when the team has no chain, which is a fault unless the team does not exist.
std::optional<Head> find_head(db::Tx& tx);
/// Throws Problem record_broken when there is none.
Head get_head(db::Tx& tx);

/// Follows the chain of tx.scope().team and compares its end with the head. With `last` only as
/// many links as that, the first of them taken on trust.
Report verify_chain(db::Tx& tx, const PayloadSealer& sealer, const Secret& seal_key,
                    std::optional<std::int64_t> last = std::nullopt);

/// One reason not to serve.
struct ChainFinding {
    TeamId team;
    std::int64_t seq = 0;
    std::string reason;
};
/// Before serving: every team has a head, it equals the last event, and the last 1000 events hold.
std::vector<ChainFinding> check_chains(db::Connection& connection, const PayloadSealer& sealer,
                                       const Secret& seal_key, const std::vector<TeamId>& teams);

} // namespace atalaya::audit
