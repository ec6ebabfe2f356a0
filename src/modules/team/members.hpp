// Who belongs to a team and with which role: changing, removing, leaving, handing over. Handlers,
// in the team's scope, on a worker.
//
// Every one locks the team first and reads anew what roles the caller and the other have: what the
// request was admitted with may be gone, and of two owners who demote each other one must fail. A
// team always keeps an owner.
#pragma once

#include "modules/team/team.hpp"

namespace atalaya::team {

struct RoleChange {
    access::Role role{};
};

struct Successor {
    UserId user;
};

inline constexpr api::Listing member_listing{
    {"name", "email", "role", "joined_at"}, "name", {"role"}};
api::Page<Member> list_members(api::Call& call);
Member update_member(api::Call& call, const RoleChange& in);
api::NoContent remove_member(api::Call& call);
api::NoContent leave(api::Call& call);
api::NoContent transfer(api::Call& call, const Successor& in);

/// The caller's role as it is now, with the team locked until the end of the transaction. Throws
/// Problem `not_found` for who belongs to it no more, `forbidden` when the role lacks `permission`.
access::Role lock_team(api::Call& call, access::Permission permission);
/// What differs, for the record; absent: no member.
shape::Json role_change(std::optional<access::Role> before, std::optional<access::Role> after);

} // namespace atalaya::team

namespace atalaya::shape {
template <>
struct Described<team::RoleChange> {
    static const Shape shape;
};
template <>
struct Described<team::Successor> {
    static const Shape shape;
};
} // namespace atalaya::shape
