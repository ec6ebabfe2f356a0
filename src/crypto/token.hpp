// Bearer tokens: a readable prefix and 256 random bits. Only the SHA-256 is ever stored, which is
// enough for secrets that nobody can guess (a slow hash would protect nothing and cost every
// request). Pure; any thread.
#pragma once

#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"

#include <string>
#include <string_view>

namespace atalaya::crypto {

/// `prefix` and 43 characters of base64url. Shown once and never kept.
std::string make_token(Random& random, std::string_view prefix);

/// What is stored and looked up.
Hash token_hash(std::string_view token);

} // namespace atalaya::crypto
