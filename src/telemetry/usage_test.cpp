#include "telemetry/usage.hpp"

#include "telemetry/test_push.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

TEST(Usage, IsReadFromTheMetricsOfAgents) {
    const auto fs = [](const char* mount, const char* kind) {
        return wire::Series{
            "filesystem_bytes", {{"kind", kind}, {"mount", mount}}, wire::Unit::bytes};
    };
    const Table table{{1},
                      {{"cpu_percent", {{"mode", "idle"}}, wire::Unit::percent},
                       {"cpu_percent", {{"mode", "user"}}, wire::Unit::percent},
                       fs("/", "total"),
                       fs("/", "used"),
                       fs("/srv", "total"),
                       fs("/srv", "used"),
                       fs("/none", "total"),
                       {"memory_bytes", {{"kind", "total"}}, wire::Unit::bytes},
                       {"memory_bytes", {{"kind", "used"}}, wire::Unit::bytes}}};
    double values[] = {93.5, 4, 1'000, 250, 100, 80, 0, 4'096, wire::absent()};
    const Usage usage = read_usage({5'000, table, values});
    EXPECT_EQ(usage.at.us, 5'000'000);
    EXPECT_EQ(usage.cpu_percent, 6.5);
    EXPECT_EQ(usage.filesystem_percent, 80);
    EXPECT_EQ(usage.memory_total_bytes, 4'096);
    EXPECT_FALSE(usage.memory_used_bytes);
}

} // namespace
} // namespace atalaya::telemetry
