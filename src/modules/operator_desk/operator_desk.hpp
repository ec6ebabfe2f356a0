// For those who run the installation: accounts, how many teams there are, and breaking glass.
//
// An operator is an account with a mark and a second factor. What is inside a team stays closed to
// operators too, unless they break glass: with a reason, for at most an hour, as a viewer, on the
// record of the platform and of that very team.
#pragma once

#include "api/endpoint.hpp"
#include "keyring/keyring.hpp"

namespace atalaya::operator_desk {

std::span<const api::Endpoint> endpoints();

struct Account {
    UserId id;
    std::string name;
    std::string email;
    bool is_operator = false;
    bool second_factor = false;
    bool disabled = false;
    Time created_at;
};

// In the platform's scope, for requests and for the command line alike. Each puts itself on the
// record and throws Problem `not_found` when there is nothing to do.

std::vector<Account> list_accounts(db::Tx& tx, keyring::Keyring& keyring);
std::optional<UserId> find_account(db::Tx& tx, keyring::Keyring& keyring, std::string_view email);
void make_operator(db::Tx& tx, audit::Recorder& recorder, UserId user);
/// Ends every session too; no new one can be opened.
void disable_account(db::Tx& tx, audit::Recorder& recorder, UserId user);
void enable_account(db::Tx& tx, audit::Recorder& recorder, UserId user);
/// For who lost the second factor and every recovery code. Ends every session too.
void reset_second_factor(db::Tx& tx, audit::Recorder& recorder, UserId user);

} // namespace atalaya::operator_desk

namespace atalaya::shape {
template <>
struct Described<operator_desk::Account> {
    static const Shape shape;
};
} // namespace atalaya::shape
