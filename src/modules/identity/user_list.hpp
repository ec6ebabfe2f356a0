// Accounts of another program, as a list to import: CSV with the header `email,name,hash`, or one
// JSON object with these members a line.
//
// Pure; any thread. A line that cannot be imported says why; the others are not affected.
#pragma once

#include "shape/field.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atalaya::identity {

struct UserDraft {
    std::string email;
    std::string name;
    std::string hash; ///< a verifier that verify_password() meets
};

struct ListedUser {
    int line = 0; ///< from 1
    UserDraft draft;
    std::string fault; ///< empty: it can be imported
};

std::vector<ListedUser> parse_user_list(std::string_view text);

} // namespace atalaya::identity

namespace atalaya::shape {
template <>
struct Described<identity::UserDraft> {
    static const Shape shape;
};
} // namespace atalaya::shape
