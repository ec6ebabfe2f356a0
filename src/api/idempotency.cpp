#include "api/idempotency.hpp"

#include "api_sql.hpp"
#include "base/text.hpp"
#include "crypto/password.hpp"
#include "keyring/keyring.hpp"

namespace atalaya::api {
namespace {

constexpr std::size_t key_length_max = 255;
constexpr std::string_view purpose = "idempotency.answer";

crypto::Hash hash_parts(std::initializer_list<std::string_view> parts) {
    crypto::Sha256 hash;
    for (const std::string_view part : parts) {
        const Bytes size = Writer().u64(part.size()).bytes();
        hash.update(BytesView(size)).update(part);
    }
    return hash.finish();
}

shape::Json to_json(const net::Response& response) {
    shape::Array headers;
    for (const net::Header& header : response.headers)
        headers.push_back(shape::json_object({{"name", header.name}, {"value", header.value}}));
    return shape::json_object(
        {{"status", response.status}, {"headers", std::move(headers)}, {"body", response.body}});
}

net::Response from_json(const shape::Json& json) {
    net::Response response;
    response.status = static_cast<int>(*json.find("status")->if_integer());
    for (const shape::Json& header : *json.find("headers")->if_array())
        response.headers.push_back(
            {*header.find("name")->if_string(), *header.find("value")->if_string()});
    response.body = *json.find("body")->if_string();
    response.headers.push_back({"Idempotency-Replayed", "true"});
    return response;
}

[[noreturn]] void refuse_secret_again() {
    throw Problem(problems::conflict)
        .detail(
            "This request was carried out before. Its answer held a secret, which is shown once: "
            "if it was lost, replace the secret.");
}

/// What was sent, so that a key used for something else is noticed.
crypto::Hash hash_request(const net::Request& request, const Endpoint& endpoint,
                          const crypto::Hash& key_index) {
    const auto sent = hash_parts({request.query, request.body});
    // A plain hash could be guessed against much faster than the password's own verifier.
    return endpoint.takes_password ? crypto::stretch(Secret(to_bytes(sent)), key_index) : sent;
}

std::optional<net::Response> find_answer(Call& call, const OnceKey& once) {
    const TeamId team = call.tx.scope().team;
    CHECK_REQUEST(team == once.team);
    const auto known = call.tx.query_optional(sql::api::find_answer,
                                              {{"team_id", team}, {"key_index", once.key_index}});
    if (!known)
        return std::nullopt;
    if (known->get<crypto::Hash>("request_hash") != once.request_hash)
        throw Problem(problems::idempotency_mismatch);
    if (once.secret_answer)
        refuse_secret_again();
    const auto plain =
        call.services.keyring.open_sealed(team, purpose, Uuid{}, known->get<Bytes>("answer"));
    CHECK_REQUEST(plain.has_value());
    return from_json(shape::parse_json(as_text(*plain)).value());
}

std::optional<net::Response> find_answer(SlowCall& call) {
    return call.transact({call.once->team, call.caller().user}, {},
                         [&](Call& inner) { return find_answer(inner, *call.once); });
}

} // namespace

std::optional<OnceKey> read_once_key(Services& services, const Incoming& incoming,
                                     const Endpoint& endpoint) {
    const net::Request& request = incoming.request;
    const std::string_view key = request.header("idempotency-key");
    if (key.empty() || !endpoint.mutates())
        return std::nullopt;
    if (endpoint.repetition == Repetition::refused)
        throw Problem(problems::idempotency_refused);
    if (key.size() > key_length_max || !is_utf8(key))
        throw Problem(problems::bad_request)
            .detail("The Idempotency-Key must have 1 to 255 characters.");

    const access::Caller& caller = incoming.caller;
    OnceKey once;
    once.team = caller.membership ? caller.membership->team : platform_team;
    const auto index = [&](const crypto::Hash& hash) {
        return services.keyring.blind_index(once.team, purpose, as_text(hash));
    };
    once.key_index =
        index(hash_parts({to_string(caller.user), to_string(caller.key), to_string(caller.server),
                          request.method, request.path, key}));
    once.request_hash = index(hash_request(request, endpoint, once.key_index));
    once.secret_answer = endpoint.repetition == Repetition::secret_is_gone;
    return once;
}

net::Response answer_once(Call& call, const std::optional<OnceKey>& once,
                          const std::function<net::Response()>& handle) {
    if (!once)
        return handle();
    if (auto known = find_answer(call, *once))
        return std::move(*known);
    net::Response response = handle();
    const std::string kept = once->secret_answer ? "" : shape::write_json(to_json(response));
    call.tx.defer(
        sql::api::put_answer,
        {{"team_id", once->team},
         {"key_index", once->key_index},
         {"request_hash", once->request_hash},
         {"answer", call.services.keyring.seal(once->team, purpose, Uuid{}, as_bytes(kept))}});
    return response;
}

net::Response answer_slow_once(SlowCall& call, const Endpoint& endpoint) {
    call.once = read_once_key(call.services, call.incoming, endpoint);
    if (!call.once)
        return endpoint.slow(call);
    if (auto known = find_answer(call))
        return std::move(*known);
    try {
        return endpoint.slow(call);
    } catch (const Problem&) {
        // The same request may have been carried out while this one was at work.
        if (auto known = find_answer(call))
            return std::move(*known);
        throw;
    }
}

void delete_old_answers(db::Tx& tx) {
    tx.query(sql::api::delete_old_answers, {{"team_id", tx.scope().team}});
}

} // namespace atalaya::api
