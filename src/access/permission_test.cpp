// The matrix is restated here by hand, so that a wrong row in the table cannot pass its own test.
#include "access/permission.hpp"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

namespace atalaya::access {
namespace {

const std::map<std::string, std::string> expected{
    {"team.read", "OAMV"},         {"team.update", "OA"},        {"team.delete", "O"},
    {"team.transfer", "O"},        {"team.security", "O"},       {"team.export", "O"},
    {"members.read", "OAMV"},      {"members.manage", "OA"},     {"servers.read", "OAMV"},
    {"servers.manage", "OA"},      {"services.read", "OAMV"},    {"domains.read", "OAMV"},
    {"domains.write", "OAM"},      {"metrics.read", "OAMV"},     {"logs.read", "OAMV"},
    {"incidents.read", "OAMV"},    {"incidents.write", "OAM"},   {"dashboards.read", "OAMV"},
    {"dashboards.write", "OAM"},   {"alert_rules.read", "OAMV"}, {"alert_rules.write", "OAM"},
    {"monitors.read", "OAMV"},     {"monitors.write", "OAM"},    {"inventory.read", "OAMV"},
    {"inventory.write", "OAM"},    {"edge.read", "OAMV"},        {"edge.manage", "OA"},
    {"activity.read", "OAMV"},     {"channels.manage", "OA"},    {"webhooks.manage", "OA"},
    {"status_pages.manage", "OA"}, {"api_keys.manage", "OA"},    {"retention.manage", "OA"},
    {"audit.read", "OA"},          {"audit.verify", "OA"},       {"audit.export", "OA"},
    {"audit.erase", "O"},          {"billing.manage", "O"},      {"api_keys.transfer", "O"},
    {"metrics.write", "OAM"},
};

TEST(Permissions, EqualThePublishedMatrix) {
    std::map<std::string, std::string> actual;
    for (const PermissionEntry& row : permission_table()) {
        std::string& roles = actual[std::string(row.name)];
        for (const auto& [role, letter] : {std::pair{Role::owner, 'O'},
                                           {Role::admin, 'A'},
                                           {Role::member, 'M'},
                                           {Role::viewer, 'V'}}) {
            if (permits(role, row.permission))
                roles += letter;
        }
    }
    EXPECT_EQ(actual, expected);
}

TEST(Permissions, CapabilitiesAreWhatIsPermitted) {
    for (const Role role : {Role::owner, Role::admin, Role::member, Role::viewer}) {
        std::set<std::string_view> names;
        for (const std::string_view name : capabilities(role))
            names.insert(name);
        for (const PermissionEntry& row : permission_table())
            EXPECT_EQ(names.contains(row.name), permits(role, row.permission)) << row.name;
    }
}

} // namespace
} // namespace atalaya::access
