// SHA-256 and what is built on it: HMAC, HKDF, comparison that takes the same time wherever the
// difference is.
//
// Pure; any thread (a Sha256 belongs to one thread at a time). Nothing here fails: a library that
// cannot hash ends the program.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <memory>
#include <string_view>

struct evp_md_ctx_st;

namespace atalaya::crypto {

using Hash = std::array<std::uint8_t, 32>;

/// Hashes what arrives in pieces. After finish() it starts anew.
class Sha256 {
  public:
    Sha256();
    Sha256& update(BytesView data);
    Sha256& update(std::string_view text) { return update(as_bytes(text)); }
    Hash finish();

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Hash sha256(BytesView data);
inline Hash sha256(std::string_view text) { return sha256(as_bytes(text)); }

/// RFC 2104.
Hash hmac_sha256(BytesView key, BytesView data);

/// RFC 5869. `size` is at most 255 * 32 bytes.
Bytes hkdf_sha256(BytesView key, std::string_view info, std::size_t size, BytesView salt = {});

/// Leaks the lengths, never the place of a difference.
bool equal_constant_time(BytesView left, BytesView right);

} // namespace atalaya::crypto
