// What a password must not be: too short, too long, only digits, among the most common, or made
// from words that belong to the user, the team or the site. Nothing is demanded about its
// composition.
//
// Pure; any thread. All faults are reported at once, with the pointer that the caller gives.
#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::crypto {

struct PasswordOwner {
    std::string_view name;
    std::string_view email;
    std::span<const std::string> places{}; ///< names of team and site
};

/// Codes: too_short, too_long, only_digits, too_common, too_similar. `length_min` counts
/// characters.
std::vector<Violation> check_password_rules(const Secret& password, const PasswordOwner& owner,
                                            std::size_t length_min, const std::string& pointer);

} // namespace atalaya::crypto
