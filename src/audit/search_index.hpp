// The index by which the record is searched: for each block of events, which facts are in it and
// where, sealed under the same keys as the payloads they come from.
//
// A block is `block_size` events in a row. Its facts lie in one section for each owner of payloads
// (the team, and each person who acted or was acted upon), and a section is two blobs: the sorted
// tokens, and for each token the places in the block. Nothing of it can be read without the owner's
// key, so nobody can try addresses or names against it, and it dies with the key. It is derived
// from the record and can be made anew at any time; verification never looks at it.
//
// encode and parse are pure. The others run on a worker's thread, inside a transaction in the scope
// of the team.
#pragma once

#include "audit/facts.hpp"

#include <map>

namespace atalaya::audit {

inline constexpr std::int64_t block_size = 1024;
/// Events are numbered from one: block 0 holds 1 to 1024.
inline constexpr std::int64_t block_of(std::int64_t seq) { return (seq - 1) / block_size; }
inline constexpr std::int64_t first_of(std::int64_t block) { return block * block_size + 1; }

/// Places in a block, ascending, each once.
using Places = std::vector<std::uint16_t>;
/// The facts of one owner in one block.
using Section = std::map<Token, Places>;

struct SectionBlobs {
    Bytes tokens, places;
};
SectionBlobs encode_section(const Section& section);

/// A section's tokens, as they lie there.
class TokenList {
  public:
    /// Absent for bytes that are no list.
    static std::optional<TokenList> parse(Bytes bytes);
    std::optional<std::size_t> find(Token token) const;
    std::size_t size() const { return bytes_.size() / sizeof(Token); }

  private:
    explicit TokenList(Bytes bytes) : bytes_(std::move(bytes)) {}
    Token at(std::size_t index) const;
    Bytes bytes_;
};
/// The places of the tokens with these indexes (ascending); absent for bytes that are no places.
std::optional<std::vector<Places>> parse_places(BytesView bytes,
                                                std::span<const std::size_t> wanted);

/// Makes the index of the newest whole block that has none. False when there is none to make.
bool index_one_block(db::Tx& tx, const PayloadSealer& sealer);
/// Drops the index of these blocks, to be made anew from what is still there.
void forget_blocks(db::Tx& tx, const std::vector<std::int64_t>& blocks);

/// Which of the two blobs of a section.
enum class Blob : std::uint8_t { tokens = 0, places = 1 };
/// What the blob is sealed for: it opens at no other place.
Uuid section_row(const TeamId& team, std::int64_t block, BytesView owner, Blob which);

} // namespace atalaya::audit
