// Makes JSON Web Tokens, good and bad, for tests of whoever reads them. Not for several threads.
#pragma once

#include "crypto/jws.hpp"
#include "shape/json.hpp"

namespace atalaya::jwstest {

class Signer {
  public:
    Signer(crypto::SignatureAlgorithm algorithm, std::string key_id);

    const std::string& algorithm_name() const { return name_; }
    /// The public key, as a provider publishes it.
    shape::Json jwk() const;
    Bytes sign(std::string_view text) const;
    /// With `alg` and `kid` in the header, unless the header names them itself.
    std::string token(const shape::Json& claims, shape::Json header = shape::Object{}) const;

  private:
    crypto::SignatureAlgorithm algorithm_;
    std::string name_, key_id_;
    std::shared_ptr<evp_pkey_st> key_;
};

/// `{"keys": [...]}`
std::string key_set(std::initializer_list<shape::Json> keys);

} // namespace atalaya::jwstest
