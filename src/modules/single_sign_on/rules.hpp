// What a connection makes of what its provider says: whether somebody may come, who it is, with
// which role. Pure; any thread.
#pragma once

#include "access/permission.hpp"
#include "oidc/id_token.hpp"
#include "shape/field.hpp"

namespace atalaya::single_sign_on {

struct RoleMapping {
    std::string group;
    access::Role role{};
};

/// What the owner of a team sets.
struct Settings {
    std::string issuer;
    std::string client_id;
    std::vector<std::string> allowed_domains;
    std::string groups_claim; ///< empty: groups mean nothing
    std::vector<RoleMapping> role_mapping;
    std::optional<access::Role> default_role; ///< of a new member whose groups say nothing
    bool create_members = false;
    bool trust_second_factor = false;
    bool only = false;
};

/// Puts domains into the form in which they are compared. Throws Problem `invalid` that names every
/// fault.
void normalise(Settings& settings);

/// Why somebody was not let in, as the page and the record name it.
enum class Refusal {
    expired,       ///< no log-in was begun here, or long ago, or it is over
    denied,        ///< at the provider
    unreachable,   ///< the provider
    failed,        ///< the provider said something that is not to be believed
    unverified,    ///< the address
    domain,        ///< the address is of none that may come
    no_account,    ///< and none is made
    link_required, ///< there is an account: its owner is to connect it
    no_role,       ///< the groups give none
    taken,         ///< the identity belongs to another account
    too_many       ///< arrivals from this network that were none
};

struct Person {
    std::string subject, name, email;
    std::optional<access::Role> role; ///< as groups or the default say
    bool second_factor = false;       ///< that counts here
};

/// `team_owned`: the connection is a team's, which answers for the addresses of its own domains.
/// `proved`: the person is signed in here, so the address need prove nothing.
std::variant<Person, Refusal> judge_person(const oidc::IdToken& token, const Settings& settings,
                                           bool team_owned, bool proved);
/// The part behind the @, in lower case; empty when it is no address.
std::string domain_of(std::string_view email);

} // namespace atalaya::single_sign_on

namespace atalaya::shape {
template <>
struct Described<single_sign_on::RoleMapping> {
    static const Shape shape;
};
template <>
struct Described<single_sign_on::Settings> {
    static const Shape shape;
};
template <>
struct EnumNames<single_sign_on::Refusal> {
    using R = single_sign_on::Refusal;
    static constexpr std::array<std::pair<R, std::string_view>, 11> names{{
        {R::expired, "expired"},
        {R::denied, "denied"},
        {R::unreachable, "unreachable"},
        {R::failed, "failed"},
        {R::unverified, "unverified"},
        {R::domain, "domain"},
        {R::no_account, "no_account"},
        {R::link_required, "link_required"},
        {R::no_role, "no_role"},
        {R::taken, "taken"},
        {R::too_many, "too_many"},
    }};
};
} // namespace atalaya::shape
