#include "modules/trust/log_secrets.hpp"

#include "crypto/api_key.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

constexpr std::string_view agent_token_prefix = "sha_";
constexpr std::size_t agent_token_length = 4 + 43;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/// The run of letters, digits, '_' and '-' that begins here.
std::string_view word_at(std::string_view text, std::size_t start) {
    const std::string_view rest = text.substr(start);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_letter);
    return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

/// How often `prefix` begins something that `is_one` takes for the whole of it.
template <typename IsOne>
std::int64_t count(std::string_view text, std::string_view prefix, IsOne is_one) {
    std::int64_t found = 0;
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1))
        found += is_one(at);
    return found;
}

} // namespace

SecretCount count_secrets(std::string_view text) {
    const auto always = [](std::size_t) { return true; };
    SecretCount out;
    out.api_keys = count(text, crypto::api_key_prefix, [&](std::size_t at) {
        return crypto::parse_api_key(word_at(text, at)).has_value();
    });
    out.agent_tokens = count(text, agent_token_prefix, [&](std::size_t at) {
        return (at == 0 || !is_letter(text[at - 1])) &&
               word_at(text, at).size() == agent_token_length;
    });
    for (const std::string_view verifier : {"$argon2id$v=", "$2b$1", "pbkdf2_sha256$"})
        out.verifiers += count(text, verifier, always);
    for (const std::string_view key : {"PRIVATE KEY-----", "PRIVATE+KEY+"})
        out.private_keys += count(text, key, always);
    return out;
}

} // namespace atalaya::trust
