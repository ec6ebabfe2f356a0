// The list of the most common passwords, embedded from common_passwords.txt: lower-case, one a
// line. Constant.
#pragma once

#include <string_view>

namespace atalaya::crypto {

extern const std::string_view common_passwords;

} // namespace atalaya::crypto
