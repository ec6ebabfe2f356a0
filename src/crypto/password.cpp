#include "crypto/password.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <crypt.h>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <optional>
#include <sodium.h>

namespace atalaya::crypto {

namespace {

constexpr std::string_view tag = "atl1:";
constexpr std::string_view bcrypt_prefix = "$2b$12$";
constexpr unsigned bcrypt_cost = 12;
constexpr std::string_view argon2id_prefix = "$argon2id$v=19$m=19456,t=2,p=1$";
constexpr unsigned argon2id_passes = 2;
constexpr std::size_t argon2id_memory = 19456 * 1024;

std::string_view prefix_of(PasswordScheme scheme) {
    return scheme == PasswordScheme::bcrypt ? bcrypt_prefix : argon2id_prefix;
}

/// 44 characters without NUL, whatever the password's length and bytes.
Secret pepper_password(const Secret& password, const Secret& pepper) {
    CHECK(!pepper.empty());
    return Secret(to_base64(hmac_sha256(pepper.reveal(), password.reveal())));
}

/// crypt(3) with its 32 KiB of state on the heap, wiped afterwards; empty when the setting is not
/// one.
std::string run_crypt(const Secret& phrase, const std::string& setting) {
    const std::string text(phrase.reveal_text());
    auto state = std::make_unique<crypt_data>();
    const char* const result = crypt_r(text.c_str(), setting.c_str(), state.get());
    std::string out = result && result[0] != '*' ? result : "";
    OPENSSL_cleanse(state.get(), sizeof *state);
    OPENSSL_cleanse(const_cast<char*>(text.data()), text.size());
    return out;
}

std::string hash_bcrypt(const Secret& phrase) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    // No random bytes given: the library takes the kernel's.
    CHECK(crypt_gensalt_rn("$2b$", bcrypt_cost, nullptr, 0, setting, sizeof setting));
    std::string out = run_crypt(phrase, setting);
    CHECK(out.starts_with(bcrypt_prefix));
    return out;
}

std::string hash_argon2id(const Secret& phrase) {
    CHECK(sodium_init() >= 0);
    char out[crypto_pwhash_STRBYTES];
    const std::string_view text = phrase.reveal_text();
    if (crypto_pwhash_str_alg(out, text.data(), text.size(), argon2id_passes, argon2id_memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc(); // the only way it fails
    }
    return out;
}

/// `$2b$COST$` and 22 characters of salt and 31 of hash.
bool is_foreign_bcrypt(std::string_view stored) {
    constexpr std::string_view alphabet =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if (stored.size() != 60 || !stored.starts_with("$2b$1") || stored[6] != '$')
        return false;
    return stored[5] >= '0' && stored[5] <= '3' &&
           stored.find_first_not_of(alphabet, 7) == stored.npos;
}

/// `pbkdf2_sha256$ROUNDS$SALT$HASH` as Django writes it.
struct Pbkdf2 {
    int rounds;
    std::string_view salt;
    Bytes hash;
};

std::optional<Pbkdf2> parse_pbkdf2(std::string_view stored) {
    const auto parts = split(stored, '$');
    if (parts.size() != 4 || parts[0] != "pbkdf2_sha256" || parts[2].empty() ||
        parts[2].size() > 128)
        return std::nullopt;
    const auto rounds = parse_integer(parts[1]);
    auto hash = parse_base64(parts[3]);
    if (!rounds || *rounds < 100'000 || *rounds > 1'000'000 || !hash || hash->size() != 32)
        return std::nullopt;
    return Pbkdf2{static_cast<int>(*rounds), parts[2], std::move(*hash)};
}

bool meets_foreign(std::string_view stored, const Secret& password) {
    const std::string_view text = password.reveal_text();
    if (is_foreign_bcrypt(stored)) {
        // Bare bcrypt would read no further, and take a longer one for right.
        if (text.size() > 72 || text.find('\0') != text.npos)
            return false;
        const std::string again = run_crypt(password, std::string(stored));
        return !again.empty() && equal_constant_time(as_bytes(again), as_bytes(stored));
    }
    const auto known = parse_pbkdf2(stored);
    if (!known)
        return false;
    Hash again;
    CHECK(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()),
                            as_bytes(known->salt).data(), static_cast<int>(known->salt.size()),
                            known->rounds, EVP_sha256(), static_cast<int>(again.size()),
                            again.data()) == 1);
    return equal_constant_time(again, known->hash);
}

} // namespace

bool is_foreign_verifier(std::string_view stored) {
    return is_foreign_bcrypt(stored) || parse_pbkdf2(stored).has_value();
}

std::string hash_password(const Secret& password, const Secret& pepper, PasswordScheme scheme) {
    const Secret phrase = pepper_password(password, pepper);
    return std::string(tag) +
           (scheme == PasswordScheme::bcrypt ? hash_bcrypt(phrase) : hash_argon2id(phrase));
}

Verdict verify_password(std::string_view stored, const Secret& password, const Secret& pepper,
                        PasswordScheme wanted) {
    if (!stored.starts_with(tag)) {
        const bool met = meets_foreign(stored, password);
        return {met, met};
    }
    const std::string verifier(stored.substr(tag.size()));
    const Secret phrase = pepper_password(password, pepper);
    Verdict verdict;
    if (verifier.starts_with("$2b$")) {
        const std::string again = run_crypt(phrase, verifier);
        verdict.ok = !again.empty() && equal_constant_time(as_bytes(again), as_bytes(verifier));
    } else if (verifier.starts_with("$argon2id$")) {
        CHECK(sodium_init() >= 0);
        const std::string_view text = phrase.reveal_text();
        verdict.ok = crypto_pwhash_str_verify(verifier.c_str(), text.data(), text.size()) == 0;
    }
    verdict.needs_rehash = verdict.ok && !verifier.starts_with(prefix_of(wanted));
    return verdict;
}

Hash stretch(const Secret& secret, const Hash& salt) {
    CHECK(sodium_init() >= 0);
    static_assert(std::tuple_size_v<Hash> >= crypto_pwhash_SALTBYTES);
    Hash out;
    const std::string_view text = secret.reveal_text();
    if (crypto_pwhash(out.data(), out.size(), text.data(), text.size(), salt.data(),
                      argon2id_passes, argon2id_memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc(); // the only way it fails
    }
    return out;
}

} // namespace atalaya::crypto
