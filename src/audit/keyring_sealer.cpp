#include "audit/keyring_sealer.hpp"

#include "keyring/keyring.hpp"

namespace atalaya::audit {
namespace {

constexpr auto prefix_size = static_cast<std::size_t>(owner_prefix_size);
constexpr std::string_view index_purpose = "audit.search";

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
    if (blob.size() < prefix_size)
        return {Opened::Result::broken};
    return open_as(team, blob.first(prefix_size), purpose(part), event_id,
                   blob.subspan(prefix_size));
}

PayloadSealer::Opened KeyringSealer::open_as(const TeamId& team, BytesView owner_prefix,
                                             std::string_view purpose, const Uuid& row,
                                             BytesView blob) const {
    Reader in(owner_prefix);
    const std::uint8_t kind = in.u8();
    const BytesView id = in.raw(prefix_size - 1);
    if (!in.done())
        return {Opened::Result::broken};
    Uuid key_id;
    std::copy(id.begin(), id.end(), key_id.bytes.begin());
    const bool of_person = kind == static_cast<std::uint8_t>(keyring::KeyKind::person);
    // Only this team's own key or a person's: a blob cannot point at another team.
    if (!of_person && (kind != static_cast<std::uint8_t>(keyring::KeyKind::team) || key_id != team))
        return {Opened::Result::broken};
    const keyring::KeyRef key = of_person ? keyring::KeyRef(UserId(key_id)) : keyring::KeyRef(team);
    if (auto plain = keyring_.open_sealed(key, purpose, row, blob))
        return {Opened::Result::open, std::move(*plain)};
    return {keyring_.has_key(key) ? Opened::Result::broken : Opened::Result::key_gone};
}

bool KeyringSealer::has_key(const Owner& owner) const { return keyring_.has_key(key_of(owner)); }

Bytes KeyringSealer::seal_index(const Owner& owner, const Uuid& row, BytesView plain) const {
    return keyring_.seal(key_of(owner), index_purpose, row, plain);
}

PayloadSealer::Opened KeyringSealer::open_index(const TeamId& team, BytesView owner_prefix,
                                                const Uuid& row, BytesView blob) const {
    return open_as(team, owner_prefix, index_purpose, row, blob);
}

Bytes KeyringSealer::prefix(const Owner& owner) const {
    const keyring::KeyRef key = key_of(owner);
    Writer out;
    out.u8(static_cast<std::uint8_t>(key.kind)).raw(key.id.bytes);
    return std::move(out).take();
}

} // namespace atalaya::audit
