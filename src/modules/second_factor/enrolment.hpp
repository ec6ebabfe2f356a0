// Setting a second factor up: the seed as it is stored, and the endpoints' shapes. For this module
// alone.
#pragma once

#include "api/call.hpp"
#include "modules/second_factor/recovery_code.hpp"
#include "shape/field.hpp"

namespace atalaya::second_factor {

struct StoredSeed {
    Secret seed;
    Bytes sealed;
    std::int64_t last_step = 0;
    bool confirmed = false;
};
std::optional<StoredSeed> find_seed(api::Call& call, UserId user);
std::string hash_recovery_code(const api::Services& services, const RecoveryCode& code);

struct OwnPassword {
    std::string password;
};

struct Enrolment {
    std::string secret;
    std::string otpauth_uri;
    std::string qr_svg;
};

struct OneTimeCode {
    std::string code;
};

struct RecoveryCodes {
    std::vector<std::string> recovery_codes;
};

} // namespace atalaya::second_factor

namespace atalaya::shape {
template <>
struct Described<second_factor::OwnPassword> {
    static const Shape shape;
};
template <>
struct Described<second_factor::Enrolment> {
    static const Shape shape;
};
template <>
struct Described<second_factor::OneTimeCode> {
    static const Shape shape;
};
template <>
struct Described<second_factor::RecoveryCodes> {
    static const Shape shape;
};
} // namespace atalaya::shape
