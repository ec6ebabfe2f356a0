#include "crypto/api_key.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <new>
#include <openssl/crypto.h>
#include <sodium.h>

namespace atalaya::crypto {
namespace {

constexpr std::string_view alphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t env_size = 4;
constexpr std::size_t id_size = 16;
constexpr std::size_t secret_size = 43; // 62^43 is just above 2^256
constexpr std::size_t crc_size = 6;
constexpr std::size_t id_at = api_key_prefix.size() + env_size + 1;
constexpr std::size_t secret_at = id_at + id_size + 1;
constexpr std::size_t crc_at = secret_at + secret_size + 1;
constexpr std::size_t key_size = crc_at + crc_size;

constexpr unsigned long long argon2id_passes = 2;
constexpr std::size_t argon2id_memory = 19456 * 1024;

constexpr auto crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t rest = i;
        for (int bit = 0; bit < 8; ++bit)
            rest = rest & 1 ? 0xedb88320U ^ (rest >> 1) : rest >> 1;
        table[i] = rest;
    }
    return table;
}();

std::uint32_t crc32(std::string_view text) {
    std::uint32_t rest = 0xffffffffU;
    for (const std::uint8_t byte : as_bytes(text))
        rest = crc_table[(rest ^ byte) & 0xff] ^ (rest >> 8);
    return ~rest;
}

std::array<char, crc_size> checksum(std::string_view text) {
    std::uint32_t rest = crc32(text);
    std::array<char, crc_size> out{};
    for (auto digit = out.rbegin(); digit != out.rend(); ++digit) {
        *digit = alphabet[rest % alphabet.size()];
        rest /= static_cast<std::uint32_t>(alphabet.size());
    }
    return out;
}

void append_random(Bytes& out, Random& random, std::size_t count) {
    // The rest of a byte's range that is no multiple of 62 would favour the first characters.
    constexpr unsigned usable = 256 - 256 % alphabet.size();
    while (count > 0) {
        const Secret some(random.bytes(count));
        for (const std::uint8_t byte : some.reveal()) {
            if (byte < usable) {
                out.push_back(static_cast<std::uint8_t>(alphabet[byte % alphabet.size()]));
                --count;
            }
        }
    }
}

bool is_base62(std::string_view text) {
    return text.find_first_not_of(alphabet) == std::string_view::npos;
}

} // namespace

std::string ApiKey::prefix() const { return std::string(api_key_prefix) + env + "_" + id; }

ApiKey make_api_key(Random& random, std::string_view env) {
    CHECK_REQUEST(env == "live" || env == "test");
    ApiKey key;
    key.env = env;
    Bytes text;
    text.reserve(key_size); // growing would leave copies behind
    const auto append = [&](std::string_view part) {
        text.insert(text.end(), part.begin(), part.end());
    };
    append(api_key_prefix);
    append(env);
    append("_");
    append_random(text, random, id_size);
    key.id = as_text(text).substr(id_at);
    append("_");
    append_random(text, random, secret_size);
    const auto crc = checksum(as_text(text));
    append("_");
    append({crc.data(), crc.size()});
    key.text = Secret(std::move(text));
    return key;
}

std::optional<ApiKey> parse_api_key(std::string_view text) {
    if (text.size() != key_size || !text.starts_with(api_key_prefix))
        return std::nullopt;
    const std::string_view env = text.substr(api_key_prefix.size(), env_size);
    const std::string_view id = text.substr(id_at, id_size);
    const bool formed = (env == "live" || env == "test") && text[id_at - 1] == '_' &&
                        text[secret_at - 1] == '_' && text[crc_at - 1] == '_' && is_base62(id) &&
                        is_base62(text.substr(secret_at, secret_size));
    if (!formed)
        return std::nullopt;
    const auto crc = checksum(text.substr(0, crc_at - 1));
    if (text.substr(crc_at) != std::string_view(crc.data(), crc.size()))
        return std::nullopt;
    return ApiKey{std::string(env), std::string(id), Secret(text)};
}

Fingerprint api_key_fingerprint(const ApiKey& key) {
    const Hash hash =
        Sha256().update(std::string_view("atalaya-key-fp")).update(key.text.reveal()).finish();
    Fingerprint out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

std::string hash_api_key(const ApiKey& key) {
    CHECK(sodium_init() >= 0);
    char out[crypto_pwhash_STRBYTES];
    const std::string_view text = key.text.reveal_text();
    if (crypto_pwhash_str_alg(out, text.data(), text.size(), argon2id_passes, argon2id_memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc(); // the only way it fails
    }
    return out;
}

bool verify_api_key(const std::string& verifier, const ApiKey& key) {
    CHECK(sodium_init() >= 0);
    const std::string_view text = key.text.reveal_text();
    return crypto_pwhash_str_verify(verifier.c_str(), text.data(), text.size()) == 0;
}

} // namespace atalaya::crypto
