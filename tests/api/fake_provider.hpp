// An identity provider that answers in the place of the network: it says of whoever asks what the
// test set. Any thread; the test sets `claims` while nobody asks.
#pragma once

#include "base/text.hpp"
#include "base/time.hpp"
#include "egress/http.hpp"
#include "support/jws_signer.hpp"

#include <mutex>

namespace atalaya::apitest {

class FakeProvider {
  public:
    static constexpr const char* issuer = "https://login.example.com";

    shape::Json claims; ///< of the next token, over what every token needs
    std::string nonce;  ///< as the browser was sent with it

    /// Who answers below https://witness.example.com/; set before anything is sent there.
    egress::Send witness;

    egress::Outcome answer(const egress::Request& request) const {
        if (witness && request.url.starts_with("https://witness.example.com/"))
            return witness(request);
        const std::string site = issuer;
        if (request.url == site + "/.well-known/openid-configuration")
            return json(shape::json_object({{"issuer", issuer},
                                            {"authorization_endpoint", site + "/auth"},
                                            {"token_endpoint", site + "/token"},
                                            {"jwks_uri", site + "/keys"}}));
        if (request.url == site + "/keys")
            return egress::Answer{200, "application/json", jwstest::key_set({signer().jwk()})};
        if (request.url == site + "/token" && request.method == "POST")
            return json(shape::json_object({{"id_token", token()}, {"token_type", "Bearer"}}));
        return egress::Failure::unreachable;
    }

  private:
    static const jwstest::Signer& signer() {
        static const jwstest::Signer signer(crypto::SignatureAlgorithm::es256, "one");
        return signer;
    }
    static egress::Answer json(const shape::Json& body) {
        return {200, "application/json", shape::write_json(body)};
    }
    std::string token() const {
        const std::int64_t now = SystemClock().now().us / 1'000'000;
        shape::Json all = shape::json_object({{"iss", issuer},
                                              {"aud", "atalaya"},
                                              {"iat", now},
                                              {"auth_time", now},
                                              {"exp", now + 300},
                                              {"nonce", nonce},
                                              {"email_verified", true}});
        if (claims.is_object()) {
            for (const shape::Member& member : *claims.if_object())
                all.set(member.name, member.value);
        }
        return signer().token(all);
    }
};

} // namespace atalaya::apitest
