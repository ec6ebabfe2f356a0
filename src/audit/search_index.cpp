#include "audit/search_index.hpp"

#include "audit_sql.hpp"
#include "base/check.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::size_t bitmap_size = block_size / 8;
constexpr std::size_t bitmap_from = bitmap_size / sizeof(std::uint16_t);

/// Sections of a block by the beginning of their owner's blobs.
using Sections = std::map<Bytes, Section>;

void add_event(Sections& sections, const PayloadSealer& sealer, const TeamId& team,
               const EventView& event) {
    const std::int64_t seq = event.header.seq;
    const auto place = static_cast<std::uint16_t>(seq - first_of(block_of(seq)));
    const Bytes of_team = sealer.prefix({team, UserId{}});
    for (const Fact& fact : facts_of(event)) {
        const Bytes& owner = fact.source == Source::subject  ? event.owners[0]
                             : fact.source == Source::detail ? event.owners[1]
                                                             : of_team;
        Section& section = sections[owner];
        for (const Token token : tokens_of(fact)) {
            Places& places = section[token];
            if (places.empty() || places.back() != place)
                places.push_back(place);
        }
    }
}

/// What most events say takes a bit for each event of the block instead of two bytes.
void write_places(Writer& out, const Places& places) {
    out.u16(static_cast<std::uint16_t>(places.size()));
    if (places.size() < bitmap_from) {
        for (const std::uint16_t place : places)
            out.u16(place);
        return;
    }
    std::array<std::uint8_t, bitmap_size> bits{};
    for (const std::uint16_t place : places)
        bits[place / 8] = static_cast<std::uint8_t>(bits[place / 8] | 1u << place % 8);
    out.raw(bits);
}

std::size_t written_size(std::size_t count) {
    return count < bitmap_from ? 2 * count : bitmap_size;
}

Places read_places(Reader& in, std::size_t count) {
    Places places;
    if (count < bitmap_from) {
        for (std::size_t i = 0; i < count; ++i)
            places.push_back(in.u16());
        return places;
    }
    const BytesView bits = in.raw(bitmap_size);
    for (std::size_t place = 0; place < 8 * bits.size(); ++place) {
        if (bits[place / 8] >> place % 8 & 1)
            places.push_back(static_cast<std::uint16_t>(place));
    }
    return places;
}

Owner owner_of(const TeamId& team, const Bytes& prefix, const PayloadSealer& sealer) {
    if (prefix == sealer.prefix({team, UserId{}}))
        return {team, UserId{}};
    UserId person;
    CHECK_REQUEST(prefix.size() == person.bytes.size() + 1);
    std::copy(prefix.begin() + 1, prefix.end(), person.bytes.begin());
    return {team, person};
}

} // namespace

SectionBlobs encode_section(const Section& section) {
    Writer tokens, places;
    for (const auto& [token, at] : section) {
        tokens.u32(token);
        write_places(places, at);
    }
    return {std::move(tokens).take(), std::move(places).take()};
}

std::optional<TokenList> TokenList::parse(Bytes bytes) {
    if (bytes.size() % sizeof(Token) != 0)
        return std::nullopt;
    return TokenList(std::move(bytes));
}

Token TokenList::at(std::size_t index) const {
    const std::uint8_t* in = bytes_.data() + index * sizeof(Token);
    return Token(in[0]) << 24 | Token(in[1]) << 16 | Token(in[2]) << 8 | Token(in[3]);
}

std::optional<std::size_t> TokenList::find(Token token) const {
    std::size_t low = 0, high = size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (at(middle) < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low < size() && at(low) == token ? std::optional(low) : std::nullopt;
}

std::optional<std::vector<Places>> parse_places(BytesView bytes,
                                                std::span<const std::size_t> wanted) {
    std::vector<Places> out;
    Reader in(bytes);
    for (std::size_t index = 0; out.size() < wanted.size(); ++index) {
        const std::size_t count = in.u16();
        if (index != wanted[out.size()])
            in.raw(written_size(count));
        else
            out.push_back(read_places(in, count));
        if (!in.ok())
            return std::nullopt;
    }
    return out;
}

Uuid section_row(const TeamId& team, std::int64_t block, BytesView owner, Blob which) {
    Writer name;
    name.raw("atalaya-audit-search-v1").raw(team.bytes).i64(block).raw(owner);
    name.u8(static_cast<std::uint8_t>(which));
    const Hash hash = crypto::sha256(name.bytes());
    Uuid row;
    std::copy_n(hash.begin(), row.bytes.size(), row.bytes.begin());
    return row;
}

bool index_one_block(db::Tx& tx, const PayloadSealer& sealer) {
    const TeamId team = tx.scope().team;
    const auto missing = tx.query_optional(
        sql::audit::find_block_to_index,
        {{"block_size", block_size}, {"team_owner", sealer.prefix({team, UserId{}})}});
    if (!missing)
        return false;
    const auto block = missing->get<std::int64_t>("block");
    // Before reading: what is erased meanwhile must not be written into the index afterwards.
    tx.query(sql::audit::lock_index);
    Sections sections;
    sections[sealer.prefix({team, UserId{}})]; // always there: it says that the block is indexed
    std::optional<Time> oldest, newest_at;
    for (const EventView& event : list_events(tx, sealer, first_of(block + 1), block_size)) {
        if (event.header.seq < first_of(block))
            break;
        const Time at = event.header.occurred_at;
        oldest = std::min(oldest.value_or(at), at);
        newest_at = std::max(newest_at.value_or(at), at);
        add_event(sections, sealer, team, event);
    }
    for (auto& [owner, section] : sections) {
        // Newest first they came.
        for (auto& [token, places] : section)
            std::ranges::reverse(places);
        const Owner whose = owner_of(team, owner, sealer);
        if (!sealer.has_key(whose))
            continue; // the key went meanwhile, and what was read with it goes, too
        const SectionBlobs blobs = encode_section(section);
        const auto seal = [&](Blob which, const Bytes& plain) {
            return sealer.seal_index(whose, section_row(team, block, owner, which), plain);
        };
        tx.defer(sql::audit::insert_section, {{"team_id", team},
                                              {"block", block},
                                              {"owner", owner},
                                              {"oldest_at", oldest.value_or(Time{})},
                                              {"newest_at", newest_at.value_or(Time{})},
                                              {"tokens", seal(Blob::tokens, blobs.tokens)},
                                              {"places", seal(Blob::places, blobs.places)}});
    }
    return true;
}

void forget_blocks(db::Tx& tx, const std::vector<std::int64_t>& blocks) {
    tx.defer(sql::audit::lock_index);
    tx.defer(sql::audit::delete_blocks, {{"blocks", blocks}});
}

} // namespace atalaya::audit
