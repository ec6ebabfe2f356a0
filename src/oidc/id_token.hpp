// What a provider says of a person, as a signed ID token (OpenID Connect Core 1.0,
// section 3.1.3.7), and whether it was said to us, now, for this log-in.
//
// Pure; any thread. The token is hostile until every check has passed; nothing of one that failed
// comes out.
#pragma once

#include "base/time.hpp"
#include "oidc/key_set.hpp"
#include "shape/json.hpp"

#include <variant>

namespace atalaya::oidc {

struct Expected {
    std::string issuer;
    std::string client_id;
    std::string nonce;
};

struct IdToken {
    std::string subject;
    std::optional<Time> authenticated_at; ///< when the person last proved to be there
    std::vector<std::string> methods;     ///< `amr`: how
    shape::Json claims;                   ///< all of it
};

enum class TokenFault {
    malformed,
    algorithm,   ///< none, a shared secret, or one that we do not know
    unknown_key, ///< perhaps a new one: the provider's keys may have changed
    signature,
    issuer,
    audience,
    expired,
    not_yet,
    nonce
};
std::string_view describe(TokenFault fault);

using TokenVerdict = std::variant<IdToken, TokenFault>;

TokenVerdict check_id_token(std::string_view token, const Expected& expected, const KeySet& keys,
                            Time now);

} // namespace atalaya::oidc
