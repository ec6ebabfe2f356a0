// What the endpoints of this module take and give.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::mailed_link {

struct ForgottenPassword {
    std::string email;
};

struct NewPassword {
    std::string token;
    std::string new_password;
};

struct NewEmail {
    std::string email;
    std::string password;
};

struct EmailToken {
    std::string token;
};

struct EmailConfirmed {
    bool done = false;
};

/// 202 and an empty object: it is being seen to.
struct Accepted {};

} // namespace atalaya::mailed_link

namespace atalaya::shape {
template <>
struct Described<mailed_link::ForgottenPassword> {
    static const Shape shape;
};
template <>
struct Described<mailed_link::NewPassword> {
    static const Shape shape;
};
template <>
struct Described<mailed_link::NewEmail> {
    static const Shape shape;
};
template <>
struct Described<mailed_link::EmailToken> {
    static const Shape shape;
};
template <>
struct Described<mailed_link::EmailConfirmed> {
    static const Shape shape;
};
} // namespace atalaya::shape

namespace atalaya::api {
template <>
struct Answer<mailed_link::Accepted> {
    static constexpr Contract contract{nullptr, false, nullptr, false, 202};
    static net::Response make(mailed_link::Accepted, const Query&) {
        net::Response response;
        response.status = 202;
        return response;
    }
};
} // namespace atalaya::api
