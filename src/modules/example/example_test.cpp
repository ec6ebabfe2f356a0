#include "modules/example/example.hpp"

#include <gtest/gtest.h>

namespace atalaya::example {
namespace {

/// Pointers of the faults that decoding this body finds.
std::vector<std::string> faults(std::string_view body) {
    try {
        shape::decode<ExampleDraft>(shape::parse_json(body).value());
    } catch (const Problem& problem) {
        std::vector<std::string> out;
        for (const Violation& violation : problem.violations()) {
            out.push_back(violation.pointer);
        }
        return out;
    }
    return {};
}

TEST(ExampleDraft, TakesANameWithOrWithoutANote) {
    EXPECT_EQ(faults(R"({"name":"first"})"), std::vector<std::string>{});
    EXPECT_EQ(faults(R"({"name":"first","note":null})"), std::vector<std::string>{});
}

TEST(ExampleDraft, NamesEveryFault) {
    EXPECT_EQ(faults(R"({"note":5})"), (std::vector<std::string>{"/name", "/note"}));
    EXPECT_EQ(faults(R"({"name":""})"), std::vector<std::string>{"/name"});
    EXPECT_EQ(faults(R"({"name":"x","id":"y"})"), std::vector<std::string>{"/id"});
}

TEST(ExampleEndpoints, EachNamesAPermission) {
    EXPECT_EQ(endpoints().size(), 5u);
    for (const api::Endpoint& endpoint : endpoints()) {
        EXPECT_TRUE(endpoint.permission.has_value()) << endpoint.path;
        EXPECT_EQ(endpoint.audience, api::Audience::team) << endpoint.path;
    }
}

} // namespace
} // namespace atalaya::example
