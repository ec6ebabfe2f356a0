#include "audit/encoding.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace atalaya::audit {
namespace {

constexpr std::uint16_t version = 1;
constexpr std::string_view genesis_label = "atalaya-audit-genesis-v1";

void put(Writer& out, std::uint8_t tag, BytesView value) {
    out.u8(tag).u32(static_cast<std::uint32_t>(value.size())).raw(value);
}

/// The value under `tag`, which must come next.
BytesView take(Reader& in, std::uint8_t tag) {
    if (in.u8() != tag)
        in.fail();
    return in.raw(in.u32());
}

template <std::size_t Size>
std::array<std::uint8_t, Size> take_fixed(Reader& in, std::uint8_t tag) {
    std::array<std::uint8_t, Size> out{};
    const BytesView value = take(in, tag);
    if (value.size() == Size) {
        std::copy(value.begin(), value.end(), out.begin());
    } else {
        in.fail();
    }
    return out;
}

bool is_word(std::string_view text, std::size_t least) {
    return text.size() >= least && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
           });
}

static_assert(sizeof(Hash) == std::tuple_size_v<Hash>); // so that many lie without gaps

// What is short goes to be hashed in one piece: each piece costs as much as hashing some of it.

/// Big-endian, the eight bytes from `at`.
template <std::size_t Size>
void put_u64(std::array<std::uint8_t, Size>& out, std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i)
        out[at + i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

crypto::Digest& put_commits(crypto::Digest& out, std::span<const Hash> commits) {
    const auto count = static_cast<std::uint8_t>(commits.size());
    if (commits.size() != parts.size()) { // no event of ours
        out.u8(count);
        for (const Hash& commit : commits)
            out.update(commit);
        return out;
    }
    std::array<std::uint8_t, 1 + parts.size() * sizeof(Hash)> all;
    all[0] = count;
    std::memcpy(&all[1], commits.data(), commits.size_bytes());
    return out.update(all);
}

/// What stands before a body.
std::array<std::uint8_t, 34> place_of(Part part, const Uuid& chain, std::int64_t seq,
                                      std::size_t size) {
    std::array<std::uint8_t, 34> out{1, static_cast<std::uint8_t>(part)};
    std::copy(chain.bytes.begin(), chain.bytes.end(), out.begin() + 2);
    put_u64(out, 18, static_cast<std::uint64_t>(seq));
    put_u64(out, 26, size);
    return out;
}

} // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
    case Outcome::ok:
        return "ok";
    case Outcome::denied:
        return "denied";
    case Outcome::failed:
        return "failed";
    }
    return "unknown";
}

std::string_view to_string(ActorKind kind) {
    switch (kind) {
    case ActorKind::system:
        return "system";
    case ActorKind::user:
        return "user";
    case ActorKind::agent:
        return "agent";
    case ActorKind::op:
        return "operator";
    case ActorKind::anonymous:
        return "anonymous";
    case ActorKind::key:
        return "key";
    }
    return "unknown";
}

Bytes encode_header(const Header& header) {
    Writer out;
    put(out, 1, Writer().u16(version).bytes());
    put(out, 2, header.chain.bytes);
    put(out, 3, Writer().i64(header.seq).bytes());
    put(out, 4, header.event_id.bytes);
    put(out, 5, Writer().i64(header.occurred_at.us).bytes());
    put(out, 6, as_bytes(header.action));
    put(out, 7, Writer().u8(static_cast<std::uint8_t>(header.outcome)).bytes());
    put(out, 8, Writer().u8(static_cast<std::uint8_t>(header.actor_kind)).bytes());
    put(out, 9, as_bytes(header.resource_type));
    put(out, 10, header.resource_id.bytes);
    return std::move(out).take();
}

Result<Header> parse_header(BytesView bytes) {
    Reader in(bytes);
    Header header;
    const auto version_read = take_fixed<2>(in, 1);
    header.chain.bytes = take_fixed<16>(in, 2);
    const auto seq = take_fixed<8>(in, 3);
    header.event_id.bytes = take_fixed<16>(in, 4);
    const auto occurred_at = take_fixed<8>(in, 5);
    header.action = as_text(take(in, 6));
    const std::uint8_t outcome = take_fixed<1>(in, 7)[0];
    const std::uint8_t actor_kind = take_fixed<1>(in, 8)[0];
    header.resource_type = as_text(take(in, 9));
    header.resource_id.bytes = take_fixed<16>(in, 10);
    if (!in.done())
        return ParseError{"the header is not in canonical form"};
    if (Reader(version_read).u16() != version)
        return ParseError{"the header has an unknown version"};
    header.seq = Reader(seq).i64();
    header.occurred_at.us = Reader(occurred_at).i64();
    header.outcome = static_cast<Outcome>(outcome);
    header.actor_kind = static_cast<ActorKind>(actor_kind);
    if (header.seq < 1 || outcome > static_cast<std::uint8_t>(Outcome::failed) ||
        actor_kind > static_cast<std::uint8_t>(ActorKind::key) || !is_word(header.action, 1) ||
        !is_word(header.resource_type, 0))
        return ParseError{"the header holds a value out of bounds"};
    return header;
}

Hash commit(const Salt& salt, Part part, const Uuid& chain, std::int64_t seq, BytesView body) {
    return crypto::hmac_of(salt, place_of(part, chain, seq, body.size()), body);
}

Hash row_hash(const Hash& previous, BytesView header, std::span<const Hash> commits) {
    std::array<std::uint8_t, 41> before{2};
    std::copy(previous.begin(), previous.end(), before.begin() + 1);
    put_u64(before, 33, header.size());
    crypto::Digest digest;
    return put_commits(digest.update(before).update(header), commits).finish();
}

Hash genesis(const Uuid& chain) {
    Writer out;
    out.u8(3).raw(genesis_label).raw(chain.bytes);
    return crypto::sha256(out.bytes());
}

Hash seal(const Secret& seal_key, BytesView header, std::span<const Hash> commits) {
    return seal(crypto::HmacKey(seal_key.reveal()), header, commits);
}

Hash seal(const crypto::HmacKey& seal_key, BytesView header, std::span<const Hash> commits) {
    std::array<std::uint8_t, 9> before{4};
    put_u64(before, 1, header.size());
    crypto::Digest digest = seal_key.begin();
    return seal_key.finish(put_commits(digest.update(before).update(header), commits));
}

Uuid chain_id(const TeamId& team, std::int16_t lane) {
    if (lane == 0)
        return team;
    Writer out;
    out.raw("atalaya-lane").raw(team.bytes).u16(static_cast<std::uint16_t>(lane));
    const Hash hash = crypto::sha256(out.bytes());
    Uuid id;
    std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

Hash merkle_root(std::span<const Hash> row_hashes) {
    if (row_hashes.empty())
        return crypto::sha256(BytesView{});
    Writer out;
    if (row_hashes.size() == 1) {
        out.u8(0).raw(row_hashes.front());
    } else {
        const std::size_t left = std::bit_floor(row_hashes.size() - 1);
        out.u8(1)
            .raw(merkle_root(row_hashes.first(left)))
            .raw(merkle_root(row_hashes.subspan(left)));
    }
    return crypto::sha256(out.bytes());
}

} // namespace atalaya::audit
