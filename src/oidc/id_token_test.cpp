#include "oidc/id_token.hpp"

#include "base/text.hpp"
#include "support/jws_signer.hpp"

#include <gtest/gtest.h>

namespace atalaya::oidc {
namespace {

using crypto::SignatureAlgorithm;
using jwstest::Signer;
using shape::Json;

constexpr std::int64_t second = 1'800'000'000;
const Expected expected{"https://login.example.com", "atalaya", "the nonce"};

const Signer& signer() {
    static const Signer signer(SignatureAlgorithm::es256, "one");
    return signer;
}
const KeySet& keys() {
    static const KeySet keys = KeySet::parse(jwstest::key_set({signer().jwk()})).value();
    return keys;
}

Json claims(std::initializer_list<shape::Member> others = {}) {
    Json out = shape::json_object({{"iss", expected.issuer},
                                   {"aud", expected.client_id},
                                   {"sub", "248289761001"},
                                   {"exp", second + 300},
                                   {"iat", second},
                                   {"nonce", expected.nonce}});
    for (const shape::Member& member : others)
        out.set(member.name, member.value);
    return out;
}

TokenVerdict check(const std::string& token, std::int64_t at = second) {
    return check_id_token(token, expected, keys(), Time{at * 1'000'000});
}
std::optional<TokenFault> fault(const TokenVerdict& verdict) {
    const auto* found = std::get_if<TokenFault>(&verdict);
    return found ? std::optional(*found) : std::nullopt;
}
std::optional<TokenFault> fault_of(std::initializer_list<shape::Member> others) {
    return fault(check(signer().token(claims(others))));
}
std::string encode(const Json& json) { return to_base64url(as_bytes(shape::write_json(json))); }

TEST(IdToken, GivesWhatWasSigned) {
    const auto verdict = check(signer().token(claims({{"amr", shape::Array{"pwd", "otp"}},
                                                      {"auth_time", second - 5},
                                                      {"email", "a@b.example"}})));
    const auto* token = std::get_if<IdToken>(&verdict);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->subject, "248289761001");
    EXPECT_EQ(token->methods, (std::vector<std::string>{"pwd", "otp"}));
    EXPECT_EQ(token->authenticated_at, (Time{(second - 5) * 1'000'000}));
    EXPECT_EQ(*token->claims.find("email")->if_string(), "a@b.example");
}

TEST(IdToken, EveryAlgorithmThatIsTakenWorks) {
    using enum SignatureAlgorithm;
    for (const SignatureAlgorithm algorithm : {rs256, ps256, es256, eddsa}) {
        const Signer one(algorithm, "k");
        const KeySet set = KeySet::parse(jwstest::key_set({one.jwk()})).value();
        EXPECT_FALSE(
            fault(check_id_token(one.token(claims()), expected, set, Time{second * 1'000'000})))
            << one.algorithm_name();
    }
}

TEST(IdToken, NoneAndSharedSecretsAreNoAlgorithms) {
    for (const char* name :
         {"none", "None", "NONE", "nOnE", "", "HS256", "HS384", "RS384", "ES256K"}) {
        const Json header = shape::json_object({{"alg", name}});
        const std::string text = encode(header) + "." + encode(claims());
        EXPECT_EQ(fault(check(text + ".")), TokenFault::algorithm) << name;
        EXPECT_EQ(fault(check(signer().token(claims(), header))), TokenFault::algorithm) << name;
    }
    EXPECT_EQ(fault(check(encode(shape::Object{}) + "." + encode(claims()) + ".")),
              TokenFault::algorithm);
}

TEST(IdToken, TheAlgorithmMustBeTheKeysOwn) {
    const Signer rsa(SignatureAlgorithm::rs256, "rsa");
    const KeySet set = KeySet::parse(jwstest::key_set({rsa.jwk()})).value();
    const Json header = shape::json_object({{"alg", "PS256"}});
    EXPECT_EQ(
        fault(check_id_token(rsa.token(claims(), header), expected, set, Time{second * 1'000'000})),
        TokenFault::unknown_key);
}

TEST(IdToken, AnotherKeyOfTheSameNameDoesNotSign) {
    const Signer other(SignatureAlgorithm::es256, "one");
    EXPECT_EQ(fault(check(other.token(claims()))), TokenFault::signature);
}

TEST(IdToken, AnUnknownKeyIsToldApart) {
    const Signer other(SignatureAlgorithm::es256, "two");
    EXPECT_EQ(fault(check(other.token(claims()))), TokenFault::unknown_key);
}

// A header may carry a key or an address of one: whoever believes it believes anybody.
TEST(IdToken, KeysInTheHeaderMeanNothing) {
    const Signer other(SignatureAlgorithm::es256, "two");
    for (const char* name : {"jwk", "jku", "x5u", "x5c"}) {
        const Json header = shape::json_object({{name, other.jwk()}, {"kid", "two"}});
        EXPECT_EQ(fault(check(other.token(claims(), header))), TokenFault::unknown_key) << name;
    }
}

TEST(IdToken, WithoutANameTheOnlyFittingKeyIsMeant) {
    const Signer one(SignatureAlgorithm::es256, "one"), two(SignatureAlgorithm::es256, "two");
    const Signer other(SignatureAlgorithm::eddsa, "three");
    const Json header = shape::json_object({{"alg", "ES256"}});
    const std::string text = encode(header) + "." + encode(claims());
    const std::string token = text + "." + to_base64url(one.sign(text));
    const auto with = [&](const std::string& set) {
        return fault(
            check_id_token(token, expected, KeySet::parse(set).value(), Time{second * 1'000'000}));
    };
    EXPECT_FALSE(with(jwstest::key_set({one.jwk(), other.jwk()})));
    EXPECT_EQ(with(jwstest::key_set({one.jwk(), two.jwk()})), TokenFault::unknown_key);
}

TEST(IdToken, IsOfTheIssuerAndForUs) {
    EXPECT_EQ(fault_of({{"iss", "https://login.example.com/"}}), TokenFault::issuer);
    EXPECT_EQ(fault_of({{"iss", nullptr}}), TokenFault::issuer);
    EXPECT_EQ(fault_of({{"aud", "other"}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", nullptr}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", shape::Array{}}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", shape::Array{"other", "third"}}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", shape::Array{"atalaya"}}}), std::nullopt);
    EXPECT_EQ(fault_of({{"aud", shape::Array{"atalaya", "other"}}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", shape::Array{"atalaya", "other"}}, {"azp", "other"}}),
              TokenFault::audience);
    EXPECT_EQ(fault_of({{"aud", shape::Array{"atalaya", "other"}}, {"azp", "atalaya"}}),
              std::nullopt);
    EXPECT_EQ(fault_of({{"azp", "other"}}), TokenFault::audience);
    EXPECT_EQ(fault_of({{"azp", 1}}), TokenFault::audience);
}

TEST(IdToken, IsOfNowAndOfThisLogIn) {
    const std::string token = signer().token(claims());
    EXPECT_FALSE(fault(check(token, second + 300 + 59)));
    EXPECT_EQ(fault(check(token, second + 300 + 60)), TokenFault::expired);
    EXPECT_FALSE(fault(check(token, second - 60)));
    EXPECT_EQ(fault(check(token, second - 61)), TokenFault::not_yet);
    EXPECT_EQ(fault_of({{"nbf", second + 61}}), TokenFault::not_yet);
    EXPECT_EQ(fault_of({{"nbf", "soon"}}), TokenFault::not_yet);
    EXPECT_EQ(fault_of({{"nonce", "another"}}), TokenFault::nonce);
    EXPECT_EQ(fault_of({{"nonce", nullptr}}), TokenFault::nonce);
    EXPECT_EQ(fault_of({{"nonce", ""}}), TokenFault::nonce);
    for (const char* name : {"exp", "iat"}) {
        for (const Json& value :
             {Json(), Json("1800000300"), Json(-1), Json(1e300), Json(1LL << 62)})
            EXPECT_EQ(fault_of({{name, value}}), TokenFault::malformed) << name;
    }
    EXPECT_FALSE(fault_of({{"exp", static_cast<double>(second) + 300.5}}));
}

TEST(IdToken, NamesSomebody) {
    for (const Json& subject : {Json(), Json(""), Json(7), Json(std::string(256, 'a'))})
        EXPECT_EQ(fault_of({{"sub", subject}}), TokenFault::malformed);
}

TEST(IdToken, IsOneTokenAndNothingElse) {
    const std::string good = signer().token(claims());
    const auto with_header = [](std::initializer_list<shape::Member> members) {
        return fault(check(signer().token(claims(), shape::json_object(members))));
    };
    for (const std::string& token :
         {std::string(), std::string("."), std::string(".."), good + ".", "." + good, good + "=",
          good + " ", good.substr(0, good.rfind('.')), std::string(40'000, 'a'),
          good + std::string(1, '\0')})
        EXPECT_EQ(fault(check(token)), TokenFault::malformed) << token.substr(0, 40);
    EXPECT_EQ(with_header({{"crit", shape::Array{"exp"}}}), TokenFault::malformed);
    EXPECT_EQ(with_header({{"typ", "at+jwt"}}), TokenFault::malformed);
    EXPECT_EQ(with_header({{"typ", "JWT"}}), std::nullopt);
    const std::string twice = encode(shape::json_object({{"alg", "ES256"}})) + "." +
                              to_base64url(as_bytes(R"({"sub":"a","sub":"b"})"));
    EXPECT_EQ(fault(check(twice + "." + to_base64url(signer().sign(twice)))),
              TokenFault::malformed);
}

TEST(KeySet, PassesOverWhatIsNoSigningKey) {
    Json encryption = signer().jwk();
    encryption.set("use", "enc");
    Json symmetric = shape::json_object({{"kty", "oct"}, {"kid", "one"}, {"k", "AAAA"}});
    const KeySet set = KeySet::parse(jwstest::key_set({encryption, symmetric, Json("text"),
                                                       Json(shape::Object{})}))
                           .value();
    const std::string one = "one";
    EXPECT_FALSE(set.find(&one, SignatureAlgorithm::es256));
    for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})"})
        EXPECT_FALSE(KeySet::parse(text)) << text;
}

} // namespace
} // namespace atalaya::oidc
