// Making an account by an invitation to a team: the address is the invitation's, and the team takes
// the new account in. Handler, on a slow worker.
#pragma once

#include "modules/account/shapes.hpp"
#include "modules/identity/identity.hpp"

#include "api/endpoint.hpp"

namespace atalaya::account {

struct InvitedSignUp {
    std::string token;
    std::string name;
    std::string password;
};

api::WithHeaders<api::Created<SignedUp>> sign_up_invited(api::SlowCall& call,
                                                         const InvitedSignUp& in);

} // namespace atalaya::account

namespace atalaya::shape {
template <>
struct Described<account::InvitedSignUp> {
    static const Shape shape;
};
} // namespace atalaya::shape
