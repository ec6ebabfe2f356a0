#include "api/idempotency.hpp"
#include "api/router.hpp"
#include "api_key_sql.hpp"
#include "base/text.hpp"
#include "modules/api_key/key_rows.hpp"
#include "shape/complete.hpp"

#include <algorithm>

namespace atalaya::api_key {

/// The answer to making a key: the key itself, this once.
struct NewKey {
    KeyId id;
    std::string key;
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
    std::int64_t revision = 0;
};

namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;
using shape::field;

constexpr std::array new_key_fields{
    field<&NewKey::id>("id", "The key's id in this API."),
    field<&NewKey::key>("key", "The key. Shown this once."),
    field<&NewKey::name>("name", "What it is for."),
    field<&NewKey::env>("env", "live or test."),
    field<&NewKey::prefix>("prefix", "The public beginning of the key."),
    field<&NewKey::fingerprint>("fingerprint", "16 hex digits that tell keys apart."),
    field<&NewKey::scopes>("scopes", "What it may do."),
    field<&NewKey::ip_allow>("ip_allow", "Where it may be used from; empty: anywhere."),
    field<&NewKey::cors_origins>("cors_origins", "Whose pages may use it."),
    field<&NewKey::state>("state", "pending: it works once it was acknowledged."),
    field<&NewKey::created_at>("created_at", "When it was made."),
    field<&NewKey::created_by>("created_by", "Who made it."),
    field<&NewKey::expires_at>("expires_at", "When it ends by itself; null: never."),
    field<&NewKey::revision>("revision", "Grows with every change."),
};
static_assert(shape::names_every_member<NewKey>(new_key_fields));

} // namespace
} // namespace atalaya::api_key

namespace atalaya::shape {
template <>
struct Described<api_key::NewKey> {
    static const Shape shape;
};
const Shape Described<api_key::NewKey>::shape{"NewApiKey", api_key::new_key_fields};
} // namespace atalaya::shape

namespace atalaya::api_key {
namespace {

KeyId key_of(const api::Call& call) { return call.path().id<KeyId>("key"); }

void forget_after_commit(api::Call& call, KeyId id) {
    call.after_commit(
        [&identities = call.services.identities, id] { identities.keys().forget_key(id); });
}

constexpr api::Listing listing{
    {"name", "state", "created_at", "expires_at", "last_used_at"}, "name", {"state", "env"}};

api::Page<ApiKey> list(api::Call& call) {
    return api::list_from(list_keys(call), call.query(), listing);
}

ApiKey get(api::Call& call) { return get_key(call, key_of(call)); }

/// With every absent entry filled in.
Draft check_draft(const api::SlowCall& call, Draft draft) {
    Change change{draft.name, draft.scopes, draft.ip_allow.value_or(std::vector<std::string>{}),
                  draft.cors_origins.value_or(std::vector<std::string>{})};
    check_change(change, call.services.router.scopes());
    check_reach(call.incoming.caller, change.scopes);
    if (draft.expires_at && *draft.expires_at <= call.services.clock.now())
        throw Problem(problems::invalid)
            .at("/expires_at", "range", "The key would have expired already.");
    draft.scopes = std::move(change.scopes);
    draft.ip_allow = std::move(change.ip_allow);
    draft.cors_origins = std::move(change.cors_origins);
    return draft;
}

NewKey insert_key(api::Call& call, const Draft& draft, const crypto::ApiKey& key,
                  const std::string& verifier) {
    const KeyId id(call.services.random.uuid());
    const auto fingerprint = crypto::api_key_fingerprint(key);
    const access::Caller& caller = call.caller();
    const db::Row row = call.tx.query_one(
        sql::api_key::insert_key,
        {{"team_id", call.team()},
         {"id", id},
         {"public_id", key.id},
         {"env", draft.env},
         {"fingerprint", fingerprint},
         {"verifier", verifier},
         {"scopes", draft.scopes},
         {"origin_indexes", origin_indexes(call, *draft.cors_origins)},
         {"created_by", caller.user},
         {"expires_at", draft.expires_at},
         {"body", seal_body(call, id, {draft.name, *draft.ip_allow, *draft.cors_origins})}});
    call.record("api_key.create", "api_key", id, shape::all_added(draft), draft.name);
    return {id,
            std::string(key.text.reveal_text()),
            draft.name,
            draft.env,
            key.prefix(),
            to_hex(fingerprint),
            draft.scopes,
            *draft.ip_allow,
            *draft.cors_origins,
            State::pending,
            row.get<Time>("created_at"),
            {caller.user, caller.name},
            draft.expires_at,
            row.get<std::int64_t>("revision")};
}

/// Slow: the verifier takes its time.
api::Concluded<api::Created<NewKey>> create(api::SlowCall& call, const Draft& in) {
    const Draft draft = check_draft(call, in);
    const crypto::ApiKey key = crypto::make_api_key(call.services.random, draft.env);
    const std::string verifier = crypto::hash_api_key(key);
    const TeamId team = call.incoming.path.id<TeamId>("team");
    return api::conclude(call, {team, call.caller().user}, {team}, [&](api::Call& inner) {
        return api::Created<NewKey>{insert_key(inner, draft, key, verifier)};
    });
}

shape::Json state_change(std::string_view before, std::string_view after) {
    return shape::Array{
        shape::json_object({{"field", "state"}, {"before", before}, {"after", after}})};
}

/// Who was shown the key says that it was kept; nobody else can know.
ApiKey acknowledge(api::Call& call) {
    const ApiKey key = get_key(call, key_of(call));
    if (key.created_by.id != call.caller().user)
        throw Problem(problems::forbidden)
            .detail("Only who made the key can say that it was kept.");
    if (key.state != State::pending)
        throw Problem(problems::conflict).detail("The key does not wait for this.");
    const auto changed =
        call.tx.query(sql::api_key::activate_key, {{"team_id", call.team()}, {"id", key.id}});
    if (changed.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("api_key.activate", "api_key", key.id, state_change("pending", "active"), key.name);
    forget_after_commit(call, key.id);
    return get_key(call, key.id);
}

void refuse_wider_scopes(const ApiKey& key, const Change& change) {
    std::vector<Violation> faults;
    for (std::size_t i = 0; i < change.scopes.size(); ++i) {
        if (std::find(key.scopes.begin(), key.scopes.end(), change.scopes[i]) == key.scopes.end())
            faults.push_back({"/scopes/" + std::to_string(i), "wider",
                              "A key gets no further scopes. Make a new one."});
    }
    shape::throw_if_any(std::move(faults));
}

ApiKey update(api::Call& call, const shape::Patch<Change>& patch) {
    const ApiKey key = get_key(call, key_of(call));
    call.check_revision(key.revision);
    const Change before{key.name, key.scopes, key.ip_allow, key.cors_origins};
    Change after = before;
    patch.apply_to(after);
    refuse_wider_scopes(key, after);
    check_change(after, access::scopes());
    if (key.state == State::revoked)
        throw Problem(problems::conflict).detail("The key was revoked.");
    const auto changed = call.tx.query(
        sql::api_key::update_key,
        {{"team_id", call.team()},
         {"id", key.id},
         {"revision", key.revision},
         {"scopes", after.scopes},
         {"origin_indexes", origin_indexes(call, after.cors_origins)},
         {"body", seal_body(call, key.id, {after.name, after.ip_allow, after.cors_origins})}});
    if (changed.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("api_key.update", "api_key", key.id, shape::changes(before, after), after.name);
    forget_after_commit(call, key.id);
    return get_key(call, key.id);
}

/// From a person who left, say, to one who stays: the key keeps its scopes and gets that role.
ApiKey transfer(api::Call& call, const Heir& in) {
    const ApiKey key = get_key(call, key_of(call));
    call.check_revision(key.revision);
    if (!call.tx
             .query_one(sql::api_key::is_member, {{"team_id", call.team()}, {"user_id", in.user}})
             .get<bool>("is_member"))
        throw Problem(problems::invalid)
            .at("/user", "member", "Only a member of the team can take the key over.");
    const bool lives = key.state == State::active || key.state == State::suspended;
    if (!lives || call.tx.query(sql::api_key::transfer_key, {{"team_id", call.team()},
                                                             {"id", key.id},
                                                             {"revision", key.revision},
                                                             {"user_id", in.user}})
                          .affected() != 1)
        throw Problem(problems::conflict).detail("Only a key that was in use can be handed over.");
    const auto text = [](UserId user) { return shape::Json(to_string(user)); };
    shape::Json change = shape::Array{shape::json_object(
        {{"field", "created_by"}, {"before", text(key.created_by.id)}, {"after", text(in.user)}})};
    call.record("api_key.transfer", "api_key", key.id, std::move(change), key.name);
    forget_after_commit(call, key.id);
    return get_key(call, key.id);
}

api::NoContent revoke(api::Call& call) {
    const ApiKey key = get_key(call, key_of(call));
    call.check_revision(key.revision);
    const auto changed =
        call.tx.query(sql::api_key::revoke_key, {{"team_id", call.team()}, {"id", key.id}});
    if (changed.affected() != 1)
        throw Problem(problems::conflict).detail("The key was revoked before.");
    call.record("api_key.revoke", "api_key", key.id,
                state_change(shape::enum_name(key.state), "revoked"), key.name);
    forget_after_commit(call, key.id);
    return {};
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/api-keys", Permission::api_keys_manage,
                        "The team's API keys, without their secrets.")
        .with_listing(listing),
    team_endpoint<create>(Verb::post, "/teams/{team}/api-keys", Permission::api_keys_manage,
                          "Make an API key; the answer holds it, once. It works after ack.")
        .with_secret_answer()
        .with_step_up(),
    team_endpoint<get>(Verb::get, "/teams/{team}/api-keys/{key}", Permission::api_keys_manage,
                       "One API key."),
    team_endpoint<acknowledge>(Verb::post, "/teams/{team}/api-keys/{key}/ack",
                               Permission::api_keys_manage,
                               "Say that the key was kept: from now on it works."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/api-keys/{key}", Permission::api_keys_manage,
                          "Rename a key, change where it may be used, take scopes away.")
        .with_revision(),
    team_endpoint<transfer>(Verb::post, "/teams/{team}/api-keys/{key}/transfer",
                            Permission::api_keys_transfer,
                            "Hand a key to another member, such as that of who has left.")
        .with_step_up()
        .with_revision(),
    team_endpoint<revoke>(Verb::del, "/teams/{team}/api-keys/{key}", Permission::api_keys_manage,
                          "Revoke a key; it stops at once.")
        .with_revision(),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::api_key
