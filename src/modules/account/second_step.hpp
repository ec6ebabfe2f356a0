// The second step of a log-in, and the proof of being present that a few endpoints ask for anew.
// Handlers, on slow workers.
#pragma once

#include "api/endpoint.hpp"
#include "modules/account/shapes.hpp"

namespace atalaya::account {

struct LogInCode {
    std::string code;
};

struct Presence {
    std::optional<std::string> password;
    std::optional<std::string> code;
};

struct Assured {
    Time assured_until;
};

api::WithHeaders<LoggedIn> log_in_with_code(api::SlowCall& call, const LogInCode& in);
api::WithHeaders<LoggedIn> log_in_with_recovery_code(api::SlowCall& call, const LogInCode& in);
Assured step_up(api::SlowCall& call, const Presence& in);

} // namespace atalaya::account

namespace atalaya::shape {
template <>
struct Described<account::LogInCode> {
    static const Shape shape;
};
template <>
struct Described<account::Presence> {
    static const Shape shape;
};
template <>
struct Described<account::Assured> {
    static const Shape shape;
};
} // namespace atalaya::shape
