// What goes in and out of the account endpoints. Values.
#pragma once

#include "access/permission.hpp"
#include "shape/field.hpp"

namespace atalaya::account {

struct UserView {
    UserId id;
    std::string name;
    std::string email;
    Time created_at;
};

struct TeamName {
    TeamId id;
    std::string name;
};

struct SignUp {
    std::string name;
    std::string email;
    std::string password;
    std::string team_name;
    std::optional<std::string> setup_token;
};

struct SignedUp {
    UserView user;
    TeamName team;
};

struct Credentials {
    std::string email;
    std::string password;
    std::optional<bool> remember;
};

/// One of the two.
struct LoggedIn {
    std::optional<UserView> user;
    std::optional<std::string> mfa;
};

struct MyTeam {
    TeamId id;
    std::string name;
    access::Role role{};
    std::vector<std::string> capabilities;
    bool require_2fa = false;
    bool locked = false;
    bool sso_required = false;
};

/// The own account, as only its owner sees it.
struct MyAccount {
    UserId id;
    std::string name;
    std::string email;
    Time created_at;
    bool is_operator = false;
    bool second_factor = false;
    std::optional<std::int64_t> recovery_codes_left;
    std::optional<Time> assured_until;
    bool has_password = false;
    std::optional<TeamId> sso_team;
};

struct Me {
    MyAccount user;
    std::string csrf_token;
    std::vector<MyTeam> teams;
};

struct Profile {
    std::string name;
};

struct PasswordChange {
    std::string current;
    std::string new_password;
};

struct SessionView {
    SessionId id;
    bool current = false;
    std::optional<std::string> ip;
    std::optional<std::string> user_agent;
    Time created_at;
    Time last_used_at;
    Time expires_at;
    bool remembered = false;
};

struct Ended {
    std::int64_t ended = 0;
};

} // namespace atalaya::account

namespace atalaya::shape {
template <>
struct Described<account::UserView> {
    static const Shape shape;
};
template <>
struct Described<account::TeamName> {
    static const Shape shape;
};
template <>
struct Described<account::SignUp> {
    static const Shape shape;
};
template <>
struct Described<account::SignedUp> {
    static const Shape shape;
};
template <>
struct Described<account::Credentials> {
    static const Shape shape;
};
template <>
struct Described<account::LoggedIn> {
    static const Shape shape;
};
template <>
struct Described<account::MyTeam> {
    static const Shape shape;
};
template <>
struct Described<account::Me> {
    static const Shape shape;
};
template <>
struct Described<account::Profile> {
    static const Shape shape;
};
template <>
struct Described<account::PasswordChange> {
    static const Shape shape;
};
template <>
struct Described<account::SessionView> {
    static const Shape shape;
};
template <>
struct Described<account::MyAccount> {
    static const Shape shape;
};
template <>
struct Described<account::Ended> {
    static const Shape shape;
};
} // namespace atalaya::shape
