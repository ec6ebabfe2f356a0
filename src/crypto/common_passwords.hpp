// The most common passwords, as a Bloom filter that tools/common_passwords.py makes (see
// common_passwords.md for its source). Constant; any thread.
#pragma once

#include "base/bytes.hpp"

namespace atalaya::crypto {

/// The bits, lowest of each byte first.
BytesView common_passwords();

} // namespace atalaya::crypto
