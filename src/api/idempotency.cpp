#include "api/idempotency.hpp"

#include "api_sql.hpp"
#include "base/text.hpp"
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

} // namespace

net::Response answer_once(Call& call, const Endpoint& endpoint,
                          const std::function<net::Response()>& handle) {
    const net::Request& request = call.incoming.request;
    const std::string_view key = request.header("idempotency-key");
    if (key.empty() || !endpoint.mutates())
        return handle();
    if (key.size() > key_length_max || !is_utf8(key))
        throw Problem(problems::bad_request)
            .detail("The Idempotency-Key must have 1 to 255 characters.");

    const TeamId team = call.tx.scope().team;
    keyring::Keyring& keyring = call.services.keyring;
    const std::string caller = to_string(call.caller().user);
    const auto named = hash_parts({caller, request.method, request.path, key});
    const auto key_index = keyring.blind_index(team, purpose, as_text(named));
    const auto sent = hash_parts({request.query, request.body});
    const auto request_hash = keyring.blind_index(team, purpose, as_text(sent));

    const auto known = call.tx.query_optional(sql::api::find_answer,
                                              {{"team_id", team}, {"key_index", key_index}});
    if (known) {
        if (known->get<crypto::Hash>("request_hash") != request_hash)
            throw Problem(problems::idempotency_mismatch);
        if (endpoint.answers_secret)
            refuse_secret_again();
        const auto plain = keyring.open_sealed(team, purpose, Uuid{}, known->get<Bytes>("answer"));
        CHECK_REQUEST(plain.has_value());
        return from_json(shape::parse_json(as_text(*plain)).value());
    }

    net::Response response = handle();
    const std::string kept = endpoint.answers_secret ? "" : shape::write_json(to_json(response));
    call.tx.defer(sql::api::put_answer,
                  {{"team_id", team},
                   {"key_index", key_index},
                   {"request_hash", request_hash},
                   {"answer", keyring.seal(team, purpose, Uuid{}, as_bytes(kept))}});
    return response;
}

void delete_old_answers(db::Tx& tx) {
    tx.query(sql::api::delete_old_answers, {{"team_id", tx.scope().team}});
}

} // namespace atalaya::api
