// What any bytes do to the readers of ID tokens, key sets and provider documents: they are refused.
// The first byte says which reader. No token may be believed: nothing here was signed by the key
// that is asked for. Built for libFuzzer by `clang++ -fsanitize=fuzzer`, and as an ordinary test by
// id_token_fuzz_test.cpp.
#include "oidc/provider.hpp"

#include <cstdlib>

namespace {

using namespace atalaya;

constexpr std::int64_t second = 1'800'000'000;

/// The public key of RFC 8037, appendix A.
const oidc::KeySet& keys() {
    static const oidc::KeySet keys =
        oidc::KeySet::parse(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":)"
                            R"("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
            .value();
    return keys;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view text = as_text(BytesView(data, size).subspan(1));
    if (data[0] == 'k') {
        if (const auto set = oidc::KeySet::parse(text))
            set->find(nullptr, crypto::SignatureAlgorithm::rs256);
        return 0;
    }
    if (data[0] == 'd') {
        const auto known = oidc::parse_metadata(text, "https://login.example.com");
        if (known && known->issuer != "https://login.example.com")
            std::abort();
        return 0;
    }
    const oidc::Expected expected{"https://login.example.com", "atalaya", "n"};
    const auto verdict = oidc::check_id_token(text, expected, keys(), Time{second * 1'000'000});
    if (std::get_if<oidc::IdToken>(&verdict))
        std::abort();
    return 0;
}
