#include "modules/api_key/api_key.hpp"

#include "api_key_sql.hpp"
#include "base/text.hpp"
#include "keyring/keyring.hpp"
#include "modules/api_key/key_rows.hpp"
#include "modules/identity/identity.hpp"

namespace atalaya::api_key {
namespace {

constexpr std::string_view body_purpose = "api_key.body";
constexpr std::string_view use_purpose = "api_key.use";

State state_of(const api::Call& call, const db::Row& row) {
    const auto stored = row.get<std::string>("state");
    const auto expires_at = row.get<std::optional<Time>>("expires_at");
    if (stored == "revoked")
        return State::revoked;
    if (expires_at && *expires_at <= call.services.clock.now())
        return State::expired;
    if (!row.get<bool>("made_by_member"))
        return State::suspended;
    return stored == "active" ? State::active : State::pending;
}

ApiKey read_key(api::Call& call, const db::Row& row) {
    const TeamId team = call.tx.scope().team;
    keyring::Keyring& keyring = call.services.keyring;
    ApiKey key;
    key.id = row.get<KeyId>("id");
    const auto plain = keyring.open_sealed(team, body_purpose, key.id, row.get<Bytes>("body"));
    CHECK_REQUEST(plain.has_value());
    auto body = shape::read_stored<Body>(shape::parse_json(as_text(*plain)).value());
    key.name = std::move(body.name);
    key.ip_allow = std::move(body.ip_allow);
    key.cors_origins = std::move(body.cors_origins);
    key.env = row.get<std::string>("env");
    key.prefix =
        std::string(crypto::api_key_prefix) + key.env + "_" + row.get<std::string>("public_id");
    key.fingerprint = to_hex(row.get<crypto::Fingerprint>("fingerprint"));
    key.scopes = row.get<std::vector<std::string>>("scopes");
    key.state = state_of(call, row);
    key.created_at = row.get<Time>("created_at");
    key.created_by.id = row.get<UserId>("created_by");
    key.expires_at = row.get<std::optional<Time>>("expires_at");
    key.last_used_at = row.get<std::optional<Time>>("last_used_at");
    if (const auto use = row.get<std::optional<Bytes>>("use_body")) {
        if (const auto address = keyring.open_sealed(team, use_purpose, key.id, *use))
            key.last_used_ip = as_text(*address);
    }
    key.revision = row.get<std::int64_t>("revision");
    return key;
}

void name_makers(api::Call& call, std::vector<ApiKey>& keys) {
    std::vector<UserId> users;
    for (const ApiKey& key : keys) {
        if (key.state != State::suspended)
            users.push_back(key.created_by.id);
    }
    const auto people = identity::list_people(call, users);
    const auto shut = identity::list_disabled(call, users);
    for (ApiKey& key : keys) {
        const bool lives = key.state == State::active || key.state == State::pending;
        if (lives && shut.contains(key.created_by.id))
            key.state = State::suspended;
        if (const auto person = people.find(key.created_by.id); person != people.end())
            key.created_by.name = person->second.name;
    }
}

} // namespace

Bytes seal_body(api::Call& call, KeyId id, const Body& body) {
    return call.services.keyring.seal(call.tx.scope().team, body_purpose, id,
                                      as_bytes(shape::write_json(shape::to_json(body))));
}

std::vector<Bytes> origin_indexes(api::Call& call, const std::vector<std::string>& origins) {
    std::vector<Bytes> out;
    for (const std::string& origin : origins)
        out.push_back(
            to_bytes(call.services.keyring.system_blind_index(api::key_origin_purpose, origin)));
    return out;
}

ApiKey get_key(api::Call& call, KeyId id) {
    const auto row = call.tx.query_optional(sql::api_key::find_key,
                                            {{"team_id", call.tx.scope().team}, {"id", id}});
    if (!row)
        throw Problem(problems::not_found);
    std::vector<ApiKey> one{read_key(call, *row)};
    name_makers(call, one);
    return std::move(one.front());
}

std::vector<ApiKey> list_keys(api::Call& call) {
    std::vector<ApiKey> keys;
    for (const db::Row row :
         call.tx.query(sql::api_key::list_keys, {{"team_id", call.tx.scope().team}}))
        keys.push_back(read_key(call, row));
    name_makers(call, keys);
    return keys;
}

std::size_t discard_unacknowledged(api::Call& call, Time before) {
    const TeamId team = call.tx.scope().team;
    const auto gone = call.tx.query(sql::api_key::discard_unacknowledged,
                                    {{"team_id", team}, {"before", before}});
    for (const db::Row row : gone)
        call.record("api_key.discard", "api_key", row.get<KeyId>("id"), {});
    return gone.size();
}

std::optional<api::KeyIdentity> find_key(keyring::Keyring& keyring, db::Connection& connection,
                                         const std::string& public_id) {
    return db::transact(connection, {}, [&](db::Tx& tx) -> std::optional<api::KeyIdentity> {
        const auto place =
            tx.query_optional(sql::api_key::find_key_team, {{"public_id", public_id}});
        if (!place)
            return std::nullopt;
        api::KeyIdentity key;
        key.team = place->get<TeamId>("team_id");
        key.key = place->get<KeyId>("key_id");
        tx.enter({key.team, UserId{}});
        const auto row = tx.query_optional(sql::api_key::get_standing, {{"key_id", key.key}});
        if (!row)
            return std::nullopt;
        const auto plain =
            keyring.open_sealed(key.team, body_purpose, key.key, row->get<Bytes>("body"));
        if (!plain)
            return std::nullopt;
        const auto body = shape::read_stored<Body>(shape::parse_json(as_text(*plain)).value());
        key.name = body.name;
        key.cors_origins = body.cors_origins;
        for (const std::string& text : body.ip_allow) {
            const auto network = net::parse_network(text);
            CHECK_REQUEST(network.has_value()); // leaving one out could leave the list empty
            key.ip_allow.push_back(*network);
        }
        key.active = row->get<std::string>("state") == "active";
        key.fingerprint = row->get<crypto::Fingerprint>("fingerprint");
        key.verifier = row->get<std::optional<std::string>>("verifier").value_or("");
        key.scopes = row->get<std::vector<std::string>>("scopes");
        key.creator = row->get<UserId>("created_by");
        key.expires_at = row->get<std::optional<Time>>("expires_at");
        if (const auto role = row->get<std::optional<std::string>>("role"))
            key.role = shape::parse_enum<access::Role>(*role);
        key.require_2fa = row->get<bool>("require_2fa");
        tx.enter({platform_team, UserId{}});
        const db::Row maker = tx.query_one(sql::api_key::get_maker, {{"user_id", key.creator}});
        key.second_factor = maker.get<bool>("second_factor");
        if (!maker.get<bool>("open"))
            key.role.reset();
        return key;
    });
}

bool is_origin(db::Connection& connection, const crypto::Hash& index) {
    return db::transact(connection, {}, [&](db::Tx& tx) {
        return tx.query_one(sql::api_key::is_origin, {{"origin_index", index}}).get<bool>("known");
    });
}

void note_use(keyring::Keyring& keyring, db::Connection& connection, const api::KeyIdentity& key,
              const std::string& address) {
    const Bytes body = keyring.seal(key.team, use_purpose, key.key, as_bytes(address));
    db::transact(connection, {key.team, UserId{}}, [&](db::Tx& tx) {
        tx.query(sql::api_key::note_use, {{"key_id", key.key}, {"body", body}});
    });
}

} // namespace atalaya::api_key
