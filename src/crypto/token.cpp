#include "crypto/token.hpp"

#include "base/text.hpp"

namespace atalaya::crypto {

std::string make_token(Random& random, std::string_view prefix) {
    const Secret bits(random.bytes(32));
    return std::string(prefix) + to_base64url(bits.reveal());
}

Hash token_hash(std::string_view token) { return sha256(token); }

} // namespace atalaya::crypto
