#include "crypto/common_passwords.hpp"

extern "C" const std::uint8_t atalaya_common_passwords_begin[];
extern "C" const std::uint8_t atalaya_common_passwords_end[];

namespace atalaya::crypto {

BytesView common_passwords() {
    return {atalaya_common_passwords_begin, atalaya_common_passwords_end};
}

} // namespace atalaya::crypto
