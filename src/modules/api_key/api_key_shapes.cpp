#include "modules/api_key/key_rows.hpp"
#include "shape/complete.hpp"

namespace atalaya::api_key {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array<std::string_view, 2> envs{"live", "test"};
constexpr std::string_view scopes_doc = "What it may do; GET /meta/permissions lists them.";
constexpr std::string_view addresses_doc =
    "Addresses or networks (203.0.113.0/24) that it may be used from; empty: any.";
constexpr std::string_view origins_doc =
    "Origins (https://app.example.com) whose pages may use it in a browser.";

constexpr std::array change_fields{
    field<&Change::name>("name", "What it is for.", length(1, 120)),
    field<&Change::scopes>("scopes", "What it may do; a change can only take scopes away."),
    field<&Change::ip_allow>("ip_allow", addresses_doc),
    field<&Change::cors_origins>("cors_origins", origins_doc),
};
static_assert(names_every_member<Change>(change_fields));

constexpr std::array draft_fields{
    field<&Draft::name>("name", "What it is for.", length(1, 120)),
    field<&Draft::env>("env", "Part of the key, for whoever reads it.", shape::one_of(envs)),
    field<&Draft::scopes>("scopes", scopes_doc),
    field<&Draft::ip_allow>("ip_allow", addresses_doc),
    field<&Draft::cors_origins>("cors_origins", origins_doc),
    field<&Draft::expires_at>("expires_at", "When it ends by itself; null: never."),
};
static_assert(names_every_member<Draft>(draft_fields));

constexpr std::array heir_fields{
    field<&Heir::user>("user", "The member whose role the key has from now on."),
};
static_assert(names_every_member<Heir>(heir_fields));

constexpr std::array maker_fields{
    field<&Maker::id>("id", "The user."),
    field<&Maker::name>("name", "Full name; null once the person has left the team."),
};
static_assert(names_every_member<Maker>(maker_fields));

constexpr std::array key_fields{
    field<&ApiKey::id>("id", "The key."),
    field<&ApiKey::name>("name", "What it is for."),
    field<&ApiKey::env>("env", "live or test."),
    field<&ApiKey::prefix>("prefix", "The public beginning of the key."),
    field<&ApiKey::fingerprint>("fingerprint", "16 hex digits that tell keys apart."),
    field<&ApiKey::scopes>("scopes", scopes_doc),
    field<&ApiKey::ip_allow>("ip_allow", addresses_doc),
    field<&ApiKey::cors_origins>("cors_origins", origins_doc),
    field<&ApiKey::state>("state", "pending until it was acknowledged; suspended when whoever made "
                                   "it has left the team or may not sign in."),
    field<&ApiKey::created_at>("created_at", "When it was made."),
    field<&ApiKey::created_by>("created_by", "Who made it; it never has more than this role."),
    field<&ApiKey::expires_at>("expires_at", "When it ends by itself; null: never."),
    field<&ApiKey::last_used_at>("last_used_at", "When it was last used, within a minute."),
    field<&ApiKey::last_used_ip>("last_used_ip", "The address from which it was last used."),
    field<&ApiKey::revision>("revision", "Grows with every change."),
};
static_assert(names_every_member<ApiKey>(key_fields));

constexpr std::array body_fields{
    field<&Body::name>("name", "What it is for."),
    field<&Body::ip_allow>("ip_allow", addresses_doc),
    field<&Body::cors_origins>("cors_origins", origins_doc),
};
static_assert(names_every_member<Body>(body_fields));

} // namespace
} // namespace atalaya::api_key

namespace atalaya::shape {
const Shape Described<api_key::Change>::shape{"ApiKeyChange", api_key::change_fields};
const Shape Described<api_key::Draft>::shape{"ApiKeyDraft", api_key::draft_fields};
const Shape Described<api_key::Heir>::shape{"ApiKeyHeir", api_key::heir_fields};
const Shape Described<api_key::Maker>::shape{"ApiKeyMaker", api_key::maker_fields};
const Shape Described<api_key::ApiKey>::shape{"ApiKey", api_key::key_fields};
const Shape Described<api_key::Body>::shape{"ApiKeyBody", api_key::body_fields};
} // namespace atalaya::shape
