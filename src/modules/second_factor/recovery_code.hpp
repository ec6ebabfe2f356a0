// Recovery codes: `07-4KXQ2-M9TRB`, a number and fifty random bits in Crockford's base 32.
//
// Pure; any thread. The number says which verifier to compare with, so that a try costs one slow
// hash and not ten.
#pragma once

#include "base/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace atalaya::second_factor {

inline constexpr int recovery_codes_count = 10;

struct RecoveryCode {
    int number = 0;     ///< from 1
    std::string secret; ///< ten characters, upper case
};

RecoveryCode make_recovery_code(Random& random, int number);
std::string to_text(const RecoveryCode& code);
/// As people type it: case, hyphens and spaces do not matter, I and L are 1, O is 0.
std::optional<RecoveryCode> parse_recovery_code(std::string_view text);

} // namespace atalaya::second_factor
