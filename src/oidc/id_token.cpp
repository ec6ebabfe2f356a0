#include "oidc/id_token.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::oidc {
namespace {

using shape::Json;

constexpr std::size_t token_size_max = 32 * 1024;
constexpr std::size_t subject_size_max = 255;
constexpr Micros skew = std::chrono::seconds(60);

const std::string* find_text(const Json& json, std::string_view name) {
    const Json* member = json.find(name);
    return member ? member->if_string() : nullptr;
}

/// Seconds since 1970, perhaps with a fraction. Absent when it is no time of this era.
std::optional<Time> find_time(const Json& json, std::string_view name) {
    constexpr double seconds_max = 1e11;
    const Json* member = json.find(name);
    if (!member)
        return std::nullopt;
    double seconds = -1;
    if (const auto* integer = member->if_integer())
        seconds = static_cast<double>(*integer);
    if (const auto* real = member->if_double())
        seconds = *real;
    if (!(seconds >= 0 && seconds < seconds_max))
        return std::nullopt;
    return Time{static_cast<std::int64_t>(seconds) * 1'000'000};
}

std::vector<std::string> list_texts(const Json& json, std::string_view name) {
    std::vector<std::string> out;
    const Json* member = json.find(name);
    if (!member || !member->if_array())
        return out;
    for (const Json& one : *member->if_array()) {
        if (one.if_string())
            out.push_back(*one.if_string());
    }
    return out;
}

Result<Json> parse_part(std::string_view part) {
    const auto bytes = parse_base64url(part);
    if (!bytes)
        return ParseError{"no base64url"};
    auto json = shape::parse_json(as_text(*bytes));
    if (json && !json->is_object())
        return ParseError{"no object"};
    return json;
}

struct Parts {
    Json header, claims;
    std::string_view signed_text;
    Bytes signature;
};

std::optional<Parts> parse_parts(std::string_view token) {
    if (token.size() > token_size_max)
        return std::nullopt;
    const auto parts = split(token, '.');
    if (parts.size() != 3)
        return std::nullopt;
    auto header = parse_part(parts[0]);
    auto claims = parse_part(parts[1]);
    auto signature = parse_base64url(parts[2]);
    if (!header || !claims || !signature)
        return std::nullopt;
    return Parts{std::move(*header), std::move(*claims),
                 token.substr(0, parts[0].size() + 1 + parts[1].size()), std::move(*signature)};
}

std::optional<TokenFault> check_signature(const Parts& parts, const KeySet& keys) {
    const std::string* type = find_text(parts.header, "typ");
    const bool is_other = type && to_lower(*type) != "jwt" && to_lower(*type) != "application/jwt";
    // `crit` names what a reader must understand, and we understand none of it.
    if (is_other || parts.header.find("crit"))
        return TokenFault::malformed;
    const std::string* name = find_text(parts.header, "alg");
    const auto algorithm = crypto::parse_signature_algorithm(name ? *name : "");
    if (!algorithm)
        return TokenFault::algorithm;
    const crypto::JwsKey* key = keys.find(find_text(parts.header, "kid"), *algorithm);
    if (!key)
        return TokenFault::unknown_key;
    if (!key->verify(*algorithm, parts.signed_text, parts.signature))
        return TokenFault::signature;
    return std::nullopt;
}

/// Said to us: and where it was said to others too, we are the one who asked.
bool is_for(const Json& claims, const std::string& client_id) {
    const Json* audience = claims.find("aud");
    if (!audience)
        return false;
    std::vector<std::string> all = list_texts(claims, "aud");
    if (audience->if_string())
        all.push_back(*audience->if_string());
    if (std::find(all.begin(), all.end(), client_id) == all.end())
        return false;
    const Json* party = claims.find("azp");
    if (!party)
        return all.size() == 1;
    return party->if_string() && *party->if_string() == client_id;
}

std::optional<TokenFault> check_claims(const Json& claims, const Expected& expected, Time now) {
    const std::string* issuer = find_text(claims, "iss");
    if (!issuer || *issuer != expected.issuer)
        return TokenFault::issuer;
    if (!is_for(claims, expected.client_id))
        return TokenFault::audience;
    const auto expires = find_time(claims, "exp");
    const auto issued = find_time(claims, "iat");
    if (!expires || !issued)
        return TokenFault::malformed;
    if (*expires + skew <= now)
        return TokenFault::expired;
    const auto not_before = find_time(claims, "nbf");
    if (*issued - skew > now || (claims.find("nbf") && (!not_before || *not_before - skew > now)))
        return TokenFault::not_yet;
    const std::string* nonce = find_text(claims, "nonce");
    if (!nonce || !crypto::equal_constant_time(as_bytes(*nonce), as_bytes(expected.nonce)))
        return TokenFault::nonce;
    const std::string* subject = find_text(claims, "sub");
    if (!subject || subject->empty() || subject->size() > subject_size_max)
        return TokenFault::malformed;
    return std::nullopt;
}

} // namespace

std::string_view describe(TokenFault fault) {
    switch (fault) {
    case TokenFault::malformed:
        return "the ID token is malformed";
    case TokenFault::algorithm:
        return "the ID token is signed by an algorithm that is not taken";
    case TokenFault::unknown_key:
        return "the ID token is signed by a key that the provider does not publish";
    case TokenFault::signature:
        return "the signature of the ID token is wrong";
    case TokenFault::issuer:
        return "the ID token is of another issuer";
    case TokenFault::audience:
        return "the ID token is for somebody else";
    case TokenFault::expired:
        return "the ID token has expired";
    case TokenFault::not_yet:
        return "the ID token is not valid yet";
    case TokenFault::nonce:
        return "the ID token is of another log-in";
    }
    return "";
}

TokenVerdict check_id_token(std::string_view token, const Expected& expected, const KeySet& keys,
                            Time now) {
    auto parts = parse_parts(token);
    if (!parts)
        return TokenFault::malformed;
    if (const auto fault = check_signature(*parts, keys))
        return *fault;
    if (const auto fault = check_claims(parts->claims, expected, now))
        return *fault;
    IdToken out;
    out.subject = *find_text(parts->claims, "sub");
    out.authenticated_at = find_time(parts->claims, "auth_time");
    out.methods = list_texts(parts->claims, "amr");
    out.claims = std::move(parts->claims);
    return out;
}

} // namespace atalaya::oidc
