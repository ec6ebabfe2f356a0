// The canonical form of an audit event, version 1: which bytes are hashed, and how they are
// chained.
//
// Pure; any thread. The same bytes are built by aud.append in the database and by an auditor's own
// verifier, so nothing here may ever change; another form would be another version, with its own
// golden vectors.
//
//     header   = TLV (u8 tag, u32 length, value), tags ascending, no personal data
//     commit   = HMAC-SHA256(salt, 01 | part | chain | seq | length | body)
//                hides the body and binds it to its place
//     row hash = SHA-256(02 | previous | length | header | count | commits)
//     genesis  = SHA-256(03 | "atalaya-audit-genesis-v1" | chain)
//     seal     = HMAC-SHA256(seal key, 04 | length | header | count | commits)
//                only the program can make it
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "crypto/digest.hpp"
#include "crypto/hash.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace atalaya::audit {

using crypto::Hash;
using Salt = std::array<std::uint8_t, 32>;

enum class Outcome : std::uint8_t { ok = 0, denied = 1, failed = 2 };
enum class ActorKind : std::uint8_t {
    system = 0,
    user = 1,
    agent = 2,
    op = 3,
    anonymous = 4,
    key = 5
};
/// Payloads of an event: who and from where, and what changed.
enum class Part : std::uint8_t { subject = 0, detail = 1 };
inline constexpr std::array parts{Part::subject, Part::detail};

std::string_view to_string(Outcome outcome);
std::string_view to_string(ActorKind kind);

struct Header {
    Uuid chain;
    std::int64_t seq = 0;
    Uuid event_id;
    Time occurred_at;
    std::string action; ///< [a-z0-9._]{1,64}
    Outcome outcome = Outcome::ok;
    ActorKind actor_kind = ActorKind::system;
    std::string resource_type; ///< [a-z0-9._]{0,64}
    Uuid resource_id;          ///< nil when there is none, or when the resource is a person

    bool operator==(const Header&) const = default;
};

Bytes encode_header(const Header& header);
/// Accepts exactly what encode_header writes.
Result<Header> parse_header(BytesView bytes);

Hash commit(const Salt& salt, Part part, const Uuid& chain, std::int64_t seq, BytesView body);
Hash row_hash(const Hash& previous, BytesView header, std::span<const Hash> commits);
Hash genesis(const Uuid& chain);
Hash seal(const Secret& seal_key, BytesView header, std::span<const Hash> commits);
Hash seal(const crypto::HmacKey& seal_key, BytesView header, std::span<const Hash> commits);

/// The team's id for lane 0; other lanes have their own, so that numbers never collide.
Uuid chain_id(const TeamId& team, std::int16_t lane);

/// Merkle tree hash of RFC 6962 over row hashes.
Hash merkle_root(std::span<const Hash> row_hashes);

} // namespace atalaya::audit
