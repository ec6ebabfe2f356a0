// What an installation's operators say on its Trust page in their own words: one text of each kind,
// with all its versions, and which of the agreements a team has accepted.
//
// Reading and writing on the thread of the transaction; the texts in the platform's scope. Version
// 0 is what the program brings, for who has not written yet.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::trust {

enum class TextKind : std::uint8_t {
    roles, ///< who is controller and who processor
    subprocessors,
    agreement, ///< on data processing
    compliance,
    acknowledgements,
    roadmap
};

struct PublicText {
    TextKind kind{};
    std::string title;
    std::int64_t revision = 0; ///< the version
    std::optional<Time> published_at;
    std::string sha256; ///< of the content, in hex
    std::string content;
};
using Texts = std::vector<PublicText>;

/// The newest of each kind.
Texts list_texts(db::Tx& tx);
PublicText read_text(const db::Row& row);
/// As the program brings them.
Texts built_in_texts();

/// Texts for everybody and for operators, and the agreement of a team.
std::span<const api::Endpoint> text_endpoints();

} // namespace atalaya::trust

namespace atalaya::shape {
template <>
struct EnumNames<trust::TextKind> {
    using Kind = trust::TextKind;
    static constexpr std::array<std::pair<Kind, std::string_view>, 6> names{
        {{Kind::roles, "roles"},
         {Kind::subprocessors, "subprocessors"},
         {Kind::agreement, "agreement"},
         {Kind::compliance, "compliance"},
         {Kind::acknowledgements, "acknowledgements"},
         {Kind::roadmap, "roadmap"}}};
};
template <>
struct Described<trust::PublicText> {
    static const Shape shape;
};
} // namespace atalaya::shape
