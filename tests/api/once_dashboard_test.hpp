// How dashboards are changed, for the walk that sends every change twice.
#pragma once

#include "api/once_trust_test.hpp"

namespace atalaya::apitest {

/// A dashboard without panels.
inline std::string dashboard_draft(const std::string& name) {
    return R"({"name":")" + name +
           R"(","body":{"range":{"from":"now-1h","to":"now"},"refresh_s":0,"variables":[],)"
           R"("panels":[]}})";
}

inline void add_dashboard_requests(std::map<std::string, std::function<Sent()>>& out, House& house,
                                   const Browser& owner) {
    const std::string where = base(owner) + "/dashboards";
    const auto add = [=, &house] {
        return where + "/" +
               text(house.call(owner, "POST", where, dashboard_draft("once")).json(), "id");
    };
    const auto rename = write({{"name", "twice"}});
    const std::string all = "/api/v1/teams/{team}/dashboards";
    const std::string one = all + "/{dashboard}";
    out["POST " + all] = [=] { return Sent{owner, where, dashboard_draft("once")}; };
    out["POST " + all + "/import"] = [=] {
        return Sent{owner, where + "/import", R"({"grafana":{"title":"once","panels":[]}})"};
    };
    out["PATCH " + one] = [=] { return Sent{owner, add(), rename}; };
    out["DELETE " + one] = [=] { return Sent{owner, add(), ""}; };
    out["POST " + one + "/restore"] = [=, &house] {
        const std::string path = add();
        house.call(owner, "DELETE", path);
        return Sent{owner, path + "/restore", ""};
    };
    out["POST " + one + "/versions/{version}/restore"] = [=, &house] {
        const std::string path = add();
        house.call(owner, "PATCH", path, rename);
        return Sent{owner, path + "/versions/1/restore", ""};
    };
}

} // namespace atalaya::apitest
