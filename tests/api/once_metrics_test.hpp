// How samples are sent in, and for how long they are kept; for the walk that sends every change
// twice.
#pragma once

#include "api/once_trust_test.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {

inline Sent write_of_samples(House& house, const Browser& browser, const std::string& where) {
    const std::string path = base(browser) + "/api-keys";
    const shape::Json made =
        house
            .call(
                browser, "POST", path,
                write({{"name", "k"}, {"env", "live"}, {"scopes", shape::Array{"metrics:write"}}}))
            .json();
    EXPECT_EQ(house.call(browser, "POST", path + "/" + text(made, "id") + "/ack").status, 200);
    return {{},
            where,
            std::string(1, '\0'),
            {{"content-type", "application/x-protobuf"},
             {"content-encoding", "snappy"},
             {"authorization", "Bearer " + text(made, "key")}}};
}

inline void add_retention_requests(std::map<std::string, std::function<Sent()>>& out, House& house,
                                   const Browser& owner) {
    const std::string where = base(owner) + "/metrics/retention-rules";
    const auto draft = [] {
        static int number = 0;
        return write({{"prefix", "once_" + std::to_string(++number)}, {"days", 3}});
    };
    const auto add = [=, &house] {
        return where + "/" + text(house.call(owner, "POST", where, draft()).json(), "id");
    };
    const std::string all = "/api/v1/teams/{team}/metrics/retention-rules";
    out["POST " + all] = [=] { return Sent{owner, where, draft()}; };
    out["PATCH " + all + "/{rule}"] = [=] { return Sent{owner, add(), write({{"days", 4}})}; };
    out["DELETE " + all + "/{rule}"] = [=] { return Sent{owner, add(), ""}; };
}

} // namespace atalaya::apitest
