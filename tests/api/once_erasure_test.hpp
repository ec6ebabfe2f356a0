// Requests that erase something, for the walk that sends every change twice.
#pragma once

#include "api/once_trust_test.hpp"

namespace atalaya::apitest {

/// `new_member` gives a member of the owner's team.
inline void add_erasure_requests(std::map<std::string, std::function<Sent()>>& out, House& house,
                                 const Browser& owner, const std::function<Browser()>& new_operator,
                                 const std::function<Browser()>& new_member) {
    // Whose own team has another owner too.
    const auto free_person = [=, &house] {
        const Browser browser = new_member();
        house.add_member(owner, browser.team, "owner");
        return browser;
    };
    out["DELETE /api/v1/me"] = [=] { return Sent{free_person(), "/api/v1/me", ""}; };
    const std::string users = "/api/v1/admin/users/";
    out["POST " + users + "{user}/erasure"] = [=] {
        return Sent{new_operator(), users + to_string(free_person().user) + "/erasure",
                    write({{"basis", "objection"}, {"note", ""}})};
    };
    out["POST /api/v1/teams/{team}/audit/events/{seq}/erasure"] = [=, &house] {
        const std::string team = "/api/v1/teams/" + to_string(owner.team);
        house.call(owner, "POST", team + "/servers", write({{"name", "entered by mistake"}}));
        const shape::Json listed =
            house.call(owner, "GET", team + "/audit/events?action=server.create").json();
        const auto seq = *listed.find("data")->if_array()->front().find("seq")->if_integer();
        return Sent{owner, team + "/audit/events/" + std::to_string(seq) + "/erasure",
                    write({{"body", "both"}, {"basis", "objection"}, {"note", ""}})};
    };
}

} // namespace atalaya::apitest
