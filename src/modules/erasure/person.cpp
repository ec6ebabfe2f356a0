#include "modules/erasure/person.hpp"

#include "base/text.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::erasure {
namespace {

using shape::field;

constexpr std::array sought_fields{
    field<&Sought::name>("name", "Full name."),
    field<&Sought::email>("email", "E-mail address."),
};
static_assert(shape::names_every_member<Sought>(sought_fields));

constexpr std::string_view body_purpose = "erasure.body";

/// As it stands in JSON, whatever the case of its letters.
bool mentions(const std::string& json, const std::string& text) {
    if (text.empty())
        return false;
    const std::string quoted = shape::write_json(shape::Json(text));
    return to_lower(json).find(to_lower(quoted.substr(1, quoted.size() - 2))) != json.npos;
}

} // namespace
} // namespace atalaya::erasure

namespace atalaya::shape {
template <>
struct Described<erasure::Sought> {
    static const Shape shape;
};
const Shape Described<erasure::Sought>::shape{"Sought", erasure::sought_fields};
} // namespace atalaya::shape

namespace atalaya::erasure {

Bytes seal_sought(keyring::Keyring& keyring, UserId person, const Uuid& erasure,
                  const Sought& sought) {
    return keyring.seal(person, body_purpose, erasure,
                        as_bytes(shape::write_json(shape::to_json(sought))));
}

std::optional<Sought> open_sought(keyring::Keyring& keyring, UserId person, const Uuid& erasure,
                                  const std::optional<Bytes>& body) {
    if (!body)
        return std::nullopt;
    const auto plain = keyring.open_sealed(person, body_purpose, erasure, *body);
    if (!plain)
        return std::nullopt;
    return shape::read_stored<Sought>(shape::parse_json(as_text(*plain)).value());
}

std::vector<audit::Part> parts_to_erase(const audit::EventView& event, const Bytes& own,
                                        const std::optional<Sought>& sought) {
    std::vector<audit::Part> out;
    const bool is_own_act = event.owners[0] == own;
    if (is_own_act)
        out.push_back(audit::Part::subject);
    const bool is_mentioned = sought && event.detail &&
                              (mentions(*event.detail, sought->email) ||
                               (is_own_act && mentions(*event.detail, sought->name)));
    if (event.owners[1] == own || is_mentioned)
        out.push_back(audit::Part::detail);
    return out;
}

} // namespace atalaya::erasure
