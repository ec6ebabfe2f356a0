// The keys with which a provider signs, as it publishes them (RFC 7517).
//
// A value; any thread. Untrusted: keys that are none, or are for something else, are passed over.
#pragma once

#include "crypto/jws.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atalaya::oidc {

class KeySet {
  public:
    static Result<KeySet> parse(std::string_view json);

    /// The key of that name for that algorithm; without a name, the only one that fits.
    const crypto::JwsKey* find(const std::string* key_id,
                               crypto::SignatureAlgorithm algorithm) const;

  private:
    struct Entry {
        std::string id;
        std::optional<crypto::SignatureAlgorithm> only; ///< the algorithm that it is for
        crypto::JwsKey key;
    };
    std::vector<Entry> entries_;
};

} // namespace atalaya::oidc
