// The one-time way into a fresh instance: whoever holds the token of the set-up link may make the
// first account. Owned by the program; any thread. Once an account exists the link is dead,
// whatever the token.
#pragma once

#include "crypto/hash.hpp"

#include <atomic>
#include <optional>
#include <string_view>

namespace atalaya::api {

class SetUp {
  public:
    /// Absent: the instance has accounts already.
    explicit SetUp(std::optional<crypto::Hash> token_hash)
        : token_hash_(token_hash), needed_(token_hash.has_value()) {}

    bool is_needed() const { return needed_; }
    bool accepts(std::string_view token) const {
        return needed_ && crypto::equal_constant_time(crypto::sha256(token), *token_hash_);
    }
    void finish() { needed_ = false; }

  private:
    const std::optional<crypto::Hash> token_hash_;
    std::atomic<bool> needed_;
};

} // namespace atalaya::api
