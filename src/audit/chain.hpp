// Follows a chain link by link and says whether it holds, where it first does not, and why.
//
// Pure; one thread at a time. It takes nothing on trust: links may come from a database that
// somebody edited or from a file that somebody made, so every finding is data and nothing throws.
// Used by the API, the command line and the offline verifier.
#pragma once

#include "audit/encoding.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::audit {

/// What an event does that says of payloads that they were erased.
inline constexpr std::string_view tombstone_action = "audit.tombstone";
/// The fields of its detail that name the events whose parts went (stretches.hpp).
inline constexpr std::string_view named_subjects = "who", named_details = "what";

/// One payload as far as the verifier can see it.
struct PartState {
    enum class Kind {
        erased,   ///< tombstoned: the commitment stays, the body is gone
        unopened, ///< there, but its key was destroyed or is not ours
        broken,   ///< there, and does not open with the key that it names: a fault
        open,
    };
    Kind kind = Kind::unopened;
    Salt salt{};
    Bytes body;
    std::int64_t erased_by = 0; ///< number of the event that says so, where it was erased
};

struct Link {
    Bytes header;
    std::vector<Hash> commits;
    Hash previous{};
    Hash row_hash{};
    std::optional<Hash> seal;
    std::optional<Header>
        columns; ///< what the row says beside its header, when it comes from a database
    std::vector<PartState> parts; ///< as many as commits, or empty when payloads are not at hand
};

struct Report {
    bool ok = true;
    std::int64_t checked = 0;
    std::int64_t erased = 0;   ///< payloads that were tombstoned
    std::int64_t unopened = 0; ///< payloads whose key was destroyed or is not ours
    std::optional<std::int64_t> first_bad;
    std::string reason;   ///< of the first fault, in words without content
    std::int64_t seq = 0; ///< of the last link
    Hash hash{};          ///< of the last link, or the start
};

class ChainVerifier {
  public:
    /// From the beginning of `chain`. Without a seal key seals are not checked.
    explicit ChainVerifier(const Uuid& chain, const Secret* seal_key = nullptr);
    /// From the link after (seq, hash), which is taken on trust.
    ChainVerifier(const Uuid& chain, std::int64_t seq, const Hash& hash,
                  const Secret* seal_key = nullptr);

    /// The next link. After a fault it goes on from what the link claims, and keeps the first
    /// fault.
    void step(const Link& link);
    /// The chain must end here.
    void finish(std::int64_t head_seq, const Hash& head_hash);
    /// Something outside the links is wrong.
    void fault(std::int64_t seq, std::string reason);

    const Report& report() const { return report_; }

    /// The numbers of the events that lost something to one act, for each part.
    struct Awaited {
        std::int64_t first = 0;
        std::array<std::vector<std::int64_t>, parts.size()> seqs{};
    };
    /// The events behind the last link by which something was erased, by number. Whoever knows more
    /// than the links looks whether they are tombstones.
    const std::map<std::int64_t, Awaited>& awaited() const { return awaited_; }

    inline static const char* const untold_erasure =
        "a payload was erased without an event that says so";

  private:
    std::string find_fault(const Link& link) const;
    void check_erasures(const Link& link);
    bool is_told(const Link& tombstone, const Awaited& erased) const;

    Uuid chain_;
    std::optional<crypto::HmacKey> seal_key_;
    Report report_;
    std::map<std::int64_t, Awaited> awaited_;
};

} // namespace atalaya::audit
