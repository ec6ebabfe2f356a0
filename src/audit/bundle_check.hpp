// What a bundle is worth: the verdict of docs/audit-bundle.md, "Verification".
//
// Pure; any thread. Nothing throws: a bundle may come from anybody.
#pragma once

#include "audit/bundle.hpp"
#include "audit/receipt.hpp"

namespace atalaya::audit {

/// The numbers are the exit codes of atalaya-verify.
enum class Verdict : std::uint8_t {
    valid = 0,
    unreadable = 2,
    with_erasures = 10,
    truncated = 20,
    altered = 30,
    equivocation = 31,
    bad_signature = 40,
};
std::string_view to_string(Verdict verdict);

struct BundleReport {
    Verdict verdict = Verdict::valid;
    std::string reason{}; ///< why it is not valid, in words without content
    std::int64_t checked = 0;
    std::int64_t erased = 0;
    std::int64_t unopened = 0;
    std::optional<std::int64_t> first_bad{};
    std::int64_t last_seq = 0;
    Hash last_hash{};
    std::int64_t receipts = 0;        ///< that are of this chain
    std::int64_t checkpoints = 0;     ///< whose root is the one of the events
    std::int64_t signed_size = 0;     ///< of the newest of those
    std::int64_t stamped_size = 0;    ///< of the newest checkpoint that an authority stamped
    std::optional<Time> stamped_at{}; ///< when, as it says
};

/// What the auditor has from elsewhere than the bundle.
struct Known {
    std::vector<Receipt> receipts{};
    std::vector<Note> checkpoints{};
    std::vector<NoteKey> keys{};      ///< empty: those that the bundle brings itself
    std::vector<NoteKey> witnesses{}; ///< each must have cosigned a checkpoint
    /// Certificates (PEM) of timestamp authorities, one of which must have stamped a checkpoint;
    /// empty: what a stamp says is only shown.
    std::string authorities{};
};

BundleReport check_bundle(const Bundle& bundle, const Known& known);

} // namespace atalaya::audit
