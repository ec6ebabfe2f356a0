// The two teams, each with one member, with which an installation tries its own walls. They are
// nobody's: what is listed or counted for people leaves them out. Values; any thread.
#pragma once

#include "base/ids.hpp"

#include <algorithm>
#include <array>

namespace atalaya::access {

struct Canary {
    TeamId team;
    UserId user;
};

inline const std::array<Canary, 2>& canaries() {
    static const std::array<Canary, 2> both{
        Canary{TeamId(parse_uuid("ca9a21e5-0000-4000-8000-00000000000a").value()),
               UserId(parse_uuid("ca9a21e5-0000-4000-8000-0000000000aa").value())},
        Canary{TeamId(parse_uuid("ca9a21e5-0000-4000-8000-00000000000b").value()),
               UserId(parse_uuid("ca9a21e5-0000-4000-8000-0000000000bb").value())}};
    return both;
}

inline bool is_canary(TeamId team) {
    return std::any_of(canaries().begin(), canaries().end(),
                       [&](const Canary& one) { return one.team == team; });
}

inline bool is_canary(UserId user) {
    return std::any_of(canaries().begin(), canaries().end(),
                       [&](const Canary& one) { return one.user == user; });
}

} // namespace atalaya::access
