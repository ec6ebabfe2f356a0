// Password verifiers: what is stored instead of a password, and the check against it.
//
// A password goes through HMAC-SHA256 under the pepper (a key outside the database) first, so that
// bcrypt's limit of 72 bytes never cuts it and a stolen table cannot be guessed against. Any
// thread. All calls take long on purpose (bcrypt about 200 ms, argon2id about 20 ms and 19 MiB):
// callers bound how many run at once.
#pragma once

#include "base/secret.hpp"
#include "crypto/hash.hpp"

#include <string>
#include <string_view>

namespace atalaya::crypto {

enum class PasswordScheme {
    bcrypt,   ///< cost 12
    argon2id, ///< m=19456 KiB, t=2, p=1
};

/// Whether this is a verifier of another program that verify_password() can meet: `$2b$` of bcrypt
/// at cost 10 to 13, or Django's `pbkdf2_sha256$` of 100,000 to 1,000,000 rounds. They lack the
/// pepper, so each is replaced once its password was given.
bool is_foreign_verifier(std::string_view stored);

/// Our tag, then the usual form of the scheme: `atl1:$2b$12$...` or `atl1:$argon2id$v=19$...`. The
/// tag says that the password was peppered, so that imported foreign verifiers can be told apart.
std::string hash_password(const Secret& password, const Secret& pepper, PasswordScheme scheme);

struct Verdict {
    bool ok = false;
    bool needs_rehash = false; ///< right, but stored under another scheme, or by another program
};

/// A verifier that is damaged, or neither ours nor a foreign one as above, is simply not met. For
/// an unknown user call it with a verifier made at start, so that the answer takes as long.
Verdict verify_password(std::string_view stored, const Secret& password, const Secret& pepper,
                        PasswordScheme wanted);

/// 32 bytes of a secret that may be easy to guess, the same each time for the same salt: for
/// comparing what must not be kept in a form that is fast to guess against. As slow as argon2id.
Hash stretch(const Secret& secret, const Hash& salt);

} // namespace atalaya::crypto
