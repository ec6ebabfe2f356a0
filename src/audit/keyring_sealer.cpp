#include "audit/keyring_sealer.hpp"

#include "keyring/keyring.hpp"

namespace atalaya::audit {
namespace {

constexpr std::size_t prefix_size = 17;

std::string_view purpose(Part part) {
    return part == Part::subject ? "audit.subject" : "audit.detail";
}

keyring::KeyRef key_of(const Owner& owner) {
    return owner.person.is_nil() ? keyring::KeyRef(owner.team) : keyring::KeyRef(owner.person);
}

} // namespace

KeyringSealer::KeyringSealer(keyring::Keyring& keyring) : keyring_(keyring) {
    if (!keyring_.has_key(platform_team))
        keyring_.create_key(platform_team);
}

Bytes KeyringSealer::seal(const Owner& owner, Part part, const Uuid& event_id,
                          BytesView plain) const {
    Bytes blob = prefix(owner);
    const Bytes sealed = keyring_.seal(key_of(owner), purpose(part), event_id, plain);
    blob.insert(blob.end(), sealed.begin(), sealed.end());
    return blob;
}

PayloadSealer::Opened KeyringSealer::open(const TeamId& team, Part part, const Uuid& event_id,
                                          BytesView blob) const {
    Reader in(blob);
    const std::uint8_t kind = in.u8();
    const BytesView id = in.raw(prefix_size - 1);
    if (!in.ok())
        return {Opened::Result::broken};
    Uuid key_id;
    std::copy(id.begin(), id.end(), key_id.bytes.begin());
    const bool of_person = kind == static_cast<std::uint8_t>(keyring::KeyKind::person);
    // Only this team's own key or a person's: a blob cannot point at another team.
    if (!of_person && (kind != static_cast<std::uint8_t>(keyring::KeyKind::team) || key_id != team))
        return {Opened::Result::broken};
    const keyring::KeyRef key = of_person ? keyring::KeyRef(UserId(key_id)) : keyring::KeyRef(team);
    if (!keyring_.has_key(key))
        return {Opened::Result::key_gone};
    auto plain = keyring_.open_sealed(key, purpose(part), event_id, blob.subspan(prefix_size));
    if (!plain)
        return {Opened::Result::broken};
    return {Opened::Result::open, std::move(*plain)};
}

Bytes KeyringSealer::prefix(const Owner& owner) const {
    const keyring::KeyRef key = key_of(owner);
    Writer out;
    out.u8(static_cast<std::uint8_t>(key.kind)).raw(key.id.bytes);
    return std::move(out).take();
}

} // namespace atalaya::audit
