#include "oidc/key_set.hpp"

#include "base/text.hpp"
#include "shape/json.hpp"

namespace atalaya::oidc {
namespace {

constexpr std::size_t keys_max = 64;

std::string text(const shape::Json& json, std::string_view name) {
    const shape::Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

Bytes number(const shape::Json& json, std::string_view name) {
    return parse_base64url(text(json, name)).value_or(Bytes{});
}

Result<crypto::JwsKey> read_key(const shape::Json& json) {
    const std::string type = text(json, "kty");
    const std::string curve = text(json, "crv");
    if (type == "RSA")
        return crypto::JwsKey::from_rsa(number(json, "n"), number(json, "e"));
    if (type == "EC" && curve == "P-256")
        return crypto::JwsKey::from_p256(number(json, "x"), number(json, "y"));
    if (type == "OKP" && curve == "Ed25519")
        return crypto::JwsKey::from_ed25519(number(json, "x"));
    return ParseError{"a key of an unknown type"};
}

} // namespace

Result<KeySet> KeySet::parse(std::string_view json) {
    const auto document = shape::parse_json(json);
    const shape::Json* keys = document ? document->find("keys") : nullptr;
    if (!keys || !keys->if_array())
        return ParseError{"no set of keys"};
    KeySet set;
    for (const shape::Json& one : *keys->if_array()) {
        if (set.entries_.size() == keys_max)
            break;
        const std::string use = text(one, "use");
        const std::string name = text(one, "alg");
        const auto only = crypto::parse_signature_algorithm(name);
        if ((!use.empty() && use != "sig") || (!name.empty() && !only))
            continue;
        if (auto key = read_key(one))
            set.entries_.push_back({text(one, "kid"), only, std::move(*key)});
    }
    return set;
}

const crypto::JwsKey* KeySet::find(const std::string* key_id,
                                   crypto::SignatureAlgorithm algorithm) const {
    const crypto::JwsKey* found = nullptr;
    for (const Entry& entry : entries_) {
        if (!entry.key.fits(algorithm) || (entry.only && *entry.only != algorithm))
            continue;
        if (key_id && entry.id == *key_id)
            return &entry.key;
        if (!key_id) {
            if (found)
                return nullptr; // which one is meant cannot be told
            found = &entry.key;
        }
    }
    return found;
}

} // namespace atalaya::oidc
