#include "modules/outbox/body.hpp"

#include "base/check.hpp"
#include "outbox_sql.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::outbox {
namespace {

using mail::Message;
using shape::field;

constexpr std::string_view purpose = "outbox.body";

constexpr auto part_length = shape::length(1, mail::part_bytes_max);
constexpr std::array message_fields{
    field<&Message::to>("to", "Address."),
    field<&Message::subject>("subject", "Subject."),
    field<&Message::text>("text", "The part in plain text.", part_length),
    field<&Message::html>("html", "The same in HTML.", part_length),
};
static_assert(shape::names_every_member<Message>(message_fields));

} // namespace
} // namespace atalaya::outbox

namespace atalaya::shape {
template <>
struct Described<mail::Message> {
    static const Shape shape;
};
const Shape Described<mail::Message>::shape{"Message", outbox::message_fields};
} // namespace atalaya::shape

namespace atalaya::outbox {

void insert_message(db::Tx& tx, keyring::Keyring& keyring, const mail::Stamp& stamp,
                    const mail::Message& message) {
    const std::string body = shape::write_json(shape::to_json(message));
    tx.defer(sql::outbox::insert_mail,
             {{"id", stamp.id},
              {"now", stamp.written_at},
              {"body", keyring.seal(platform_team, purpose, stamp.id, as_bytes(body))}});
}

std::optional<mail::Message> open_message(keyring::Keyring& keyring, const Uuid& id,
                                          const Bytes& body) {
    const auto plain = keyring.open_sealed(platform_team, purpose, id, body);
    const auto json =
        plain ? shape::parse_json(as_text(*plain)) : Result<shape::Json>(ParseError{"sealed"});
    if (!json)
        return std::nullopt;
    try { // one mail that is not as it should be keeps no other waiting
        return shape::read_stored<mail::Message>(*json);
    } catch (const LogicFault&) {
        return std::nullopt;
    }
}

} // namespace atalaya::outbox
