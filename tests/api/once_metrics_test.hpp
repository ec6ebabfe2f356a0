// How samples are sent in; for the walk that sends every change twice.
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

} // namespace atalaya::apitest
