// API keys of a team: made by somebody who manages them, shown once, dead until that person says
// that it was kept, and never stronger than its maker is now.
//
// Functions run in the caller's transaction, in the team's scope, but for the look-ups behind a
// request's key, which run on connections of the auth role. Name, addresses and origins lie sealed
// under the team's key; of the secret there is a fingerprint and a slow verifier.
#pragma once

#include "api/endpoint.hpp"
#include "api/identities.hpp"

namespace atalaya::api_key {

enum class State : std::uint8_t {
    pending, ///< its maker has not yet said that it was kept
    active,
    expired,
    revoked,
    suspended, ///< its maker is no member any more, or an operator keeps the account shut
};

/// What may be changed of a key; also its sealed body, apart from the scopes.
struct Change {
    std::string name;
    std::vector<std::string> scopes;
    std::vector<std::string> ip_allow;
    std::vector<std::string> cors_origins;
};

struct Draft {
    std::string name;
    std::string env;
    std::vector<std::string> scopes;
    std::optional<std::vector<std::string>> ip_allow;
    std::optional<std::vector<std::string>> cors_origins;
    std::optional<Time> expires_at;
};

struct Heir {
    UserId user;
};

struct Maker {
    UserId id;
    std::optional<std::string> name; ///< absent once the person is no member
};

struct ApiKey {
    KeyId id;
    std::string name;
    std::string env;
    std::string prefix;
    std::string fingerprint;
    std::vector<std::string> scopes;
    std::vector<std::string> ip_allow;
    std::vector<std::string> cors_origins;
    State state = State::pending;
    Time created_at;
    Maker created_by;
    std::optional<Time> expires_at;
    std::optional<Time> last_used_at;
    std::optional<std::string> last_used_ip;
    std::int64_t revision = 0;
};

std::span<const api::Endpoint> endpoints();

/// Throws Problem `not_found`.
ApiKey get_key(api::Call& call, KeyId id);
std::vector<ApiKey> list_keys(api::Call& call);

/// Brings what a client wrote into the one form that is compared: networks canonical, scopes in
/// their order. Throws Problem `invalid` that names each fault, also for a scope beyond `known`.
void check_change(Change& change, std::span<const std::string_view> known);
/// Throws Problem `invalid` that names each scope which the caller's own role does not reach.
void check_reach(const access::Caller& caller, const std::vector<std::string>& scopes);

/// Deletes the team's keys that nobody said to have kept before then, on the record. In the team's
/// scope. Gives the number.
std::size_t discard_unacknowledged(api::Call& call, Time before);

/// The look-up behind a key.
std::optional<api::KeyIdentity> find_key(keyring::Keyring& keyring, db::Connection& connection,
                                         const std::string& public_id);
bool is_origin(db::Connection& connection, const crypto::Hash& index);
void note_use(keyring::Keyring& keyring, db::Connection& connection, const api::KeyIdentity& key,
              const std::string& address);

} // namespace atalaya::api_key

namespace atalaya::shape {
template <>
struct EnumNames<api_key::State> {
    using State = api_key::State;
    static constexpr std::array<std::pair<State, std::string_view>, 5> names{
        {{State::pending, "pending"},
         {State::active, "active"},
         {State::expired, "expired"},
         {State::revoked, "revoked"},
         {State::suspended, "suspended"}}};
};
template <>
struct Described<api_key::Change> {
    static const Shape shape;
};
template <>
struct Described<api_key::Draft> {
    static const Shape shape;
};
template <>
struct Described<api_key::Heir> {
    static const Shape shape;
};
template <>
struct Described<api_key::Maker> {
    static const Shape shape;
};
template <>
struct Described<api_key::ApiKey> {
    static const Shape shape;
};
} // namespace atalaya::shape
