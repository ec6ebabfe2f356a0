// A request that changes something, and those of the Trust page, for the walk that sends every
// change twice.
#pragma once

#include "api/house.hpp"

#include <functional>

namespace atalaya::apitest {

struct Sent {
    Browser browser;
    std::string path;
    std::string body;
    std::vector<net::Header> headers = {};
};

inline std::string write(std::initializer_list<std::pair<std::string_view, shape::Json>> members) {
    shape::Json json = shape::Object{};
    for (const auto& [name, value] : members)
        json.set(name, value);
    return shape::write_json(json);
}

inline void add_trust_requests(std::map<std::string, std::function<Sent()>>& out, House& house,
                               const std::function<Browser()>& new_operator,
                               const std::function<Browser()>& new_owner) {
    const std::string incidents = "/api/v1/admin/incidents";
    const std::string title = R"({"title":"A key in a log"})";
    out["POST " + incidents] = [=, &house] { return Sent{new_operator(), incidents, title}; };
    out["POST " + incidents + "/{incident}/steps"] = [=, &house] {
        const Browser browser = new_operator();
        const shape::Json one = house.call(browser, "POST", incidents, title).json();
        return Sent{browser, incidents + "/" + *one.find("id")->if_string() + "/steps",
                    R"({"step":"contain","note":"Key withdrawn"})"};
    };
    out["PUT /api/v1/admin/texts/{kind}"] = [=, &house] {
        return Sent{new_operator(), "/api/v1/admin/texts/roadmap", R"({"content":"Soon."})"};
    };
    out["POST /api/v1/teams/{team}/agreement"] = [=, &house] {
        const Browser owner = new_owner();
        const std::string path = "/api/v1/teams/" + to_string(owner.team) + "/agreement";
        shape::Json draft = house.call(owner, "GET", path).json();
        return Sent{owner, path, write({{"version", 0}, {"sha256", *draft.find("sha256")}})};
    };
}

} // namespace atalaya::apitest
