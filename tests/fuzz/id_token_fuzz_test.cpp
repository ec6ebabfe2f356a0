// Runs the fuzz target over mutations of good and forged tokens, key sets and provider documents:
// the same edits each time, a bounded number of them.
#include "base/text.hpp"
#include "fuzz/mutate.hpp"
#include "support/jws_signer.hpp"

#include <gtest/gtest.h>

namespace {

using namespace atalaya;
using shape::Json;

std::vector<Bytes> make_corpus() {
    std::vector<Bytes> corpus{{}, to_bytes("t"), to_bytes("t..")};
    const Json claims = shape::json_object({{"iss", "https://login.example.com"},
                                            {"aud", "atalaya"},
                                            {"sub", "somebody else"},
                                            {"exp", 1'800'000'300},
                                            {"iat", 1'800'000'000},
                                            {"nonce", "n"}});
    std::string keys = "k{\"keys\":[";
    for (const auto algorithm :
         {crypto::SignatureAlgorithm::rs256, crypto::SignatureAlgorithm::es256,
          crypto::SignatureAlgorithm::eddsa}) {
        const jwstest::Signer signer(algorithm, "one");
        corpus.push_back(to_bytes("t" + signer.token(claims)));
        keys += shape::write_json(signer.jwk()) + ",";
    }
    keys.back() = ']';
    corpus.push_back(to_bytes(keys + "}"));
    const std::string site = "https://login.example.com";
    corpus.push_back(to_bytes(
        "d" + shape::write_json(shape::json_object({{"issuer", site},
                                                    {"authorization_endpoint", site + "/auth"},
                                                    {"token_endpoint", site + "/token"},
                                                    {"jwks_uri", site + "/keys"}}))));
    return corpus;
}

TEST(IdTokenFuzz, NoMutationIsBelieved) { fuzz::run_mutations(make_corpus(), 20'000, 3); }

} // namespace
