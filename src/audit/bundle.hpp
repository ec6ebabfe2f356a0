// A stretch of a chain as one file that can be verified without us: docs/audit-bundle.md.
//
// Pure; any thread. Parsing takes nothing on trust and bounds what it unpacks; it says whether the
// bytes have the form of a bundle, and bundle_check.hpp whether what they say holds.
#pragma once

#include "audit/chain.hpp"
#include "audit/evidence.hpp"

namespace atalaya::audit {

/// The server puts no more into one bundle; reading is bounded by bytes only.
inline constexpr std::int64_t bundle_events_max = 20'000;
inline constexpr std::size_t bundle_bodies_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t bundle_body_bytes_max = std::size_t{8} << 20;

struct Manifest {
    TeamId team;
    std::int16_t lane = 0;
    std::int64_t from_seq = 1;
    std::int64_t to_seq = 1;
    Hash previous{}; ///< row hash of the event before the first
    std::int64_t head_seq = 0;
    Hash head_hash{};
    Time exported_at;
    std::string instance_name, instance_version; ///< printable ASCII, at most 200 characters
};

struct BundleEvent {
    std::int64_t seq = 0; ///< as the line says; the header says it too
    Link link;            ///< without seal and columns, with both parts
};

struct Bundle {
    Manifest manifest;
    std::vector<BundleEvent> events;
    Evidence evidence{};
    std::vector<std::string> other_files{}; ///< listed, and not known to this version
};

/// The same bytes for the same bundle. `other_files` are not written.
Bytes encode_bundle(const Bundle& bundle);
Result<Bundle> parse_bundle(BytesView bytes);

} // namespace atalaya::audit
