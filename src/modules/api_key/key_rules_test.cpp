#include "modules/api_key/api_key.hpp"

#include <gtest/gtest.h>

namespace atalaya::api_key {
namespace {

access::Caller caller(access::Role role) {
    access::Caller out;
    out.kind = access::CallerKind::user;
    out.membership = access::Membership{TeamId{}, role};
    return out;
}

std::vector<std::string> faults(Change change, access::Role role = access::Role::owner) {
    std::vector<std::string> out;
    try {
        check_change(change, access::scopes());
        check_reach(caller(role), change.scopes);
    } catch (const Problem& problem) {
        for (const Violation& violation : problem.violations())
            out.push_back(violation.pointer + " " + violation.code);
    }
    return out;
}

using List = std::vector<std::string>;

TEST(KeyRules, NetworksComeOutInOneForm) {
    Change change{"k",
                  {"servers:read"},
                  {"203.0.113.7", "10.0.0.0/8", "::ffff:192.0.2.1", "2001:DB8::/32", "::1"},
                  {}};
    check_change(change, access::scopes());
    EXPECT_EQ(change.ip_allow,
              (List{"203.0.113.7/32", "10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32", "::1/128"}));
}

TEST(KeyRules, WhatIsNoNetworkIsNamed) {
    for (const char* bad : {"", "localhost", "10.0.0.1/8", "10.0.0.0/33", "300.1.1.1", "10.0.0.0/",
                            "::/129", "10.0.0.0/08", "1.2.3.4 ", "0x7f.1", "fe80::1%eth0"})
        EXPECT_EQ(faults({"k", {"servers:read"}, {"10.0.0.0/8", bad}, {}}),
                  List{"/ip_allow/1 network"})
            << bad;
}

TEST(KeyRules, OriginsAreWhatBrowsersSend) {
    for (const char* good : {"https://app.example.com", "http://localhost:3000",
                             "https://example.com:8443", "https://[2001:db8::1]:8443"})
        EXPECT_EQ(faults({"k", {"servers:read"}, {}, {good}}), List{}) << good;
    for (const char* bad :
         {"null", "*", "https://*.example.com", "https://example.com/", "https://Example.com",
          "example.com", "https://", "https://example.com:443", "http://example.com:80",
          "ftp://example.com", "https://a@example.com", "https://example.com?x",
          "https://example.com#", "https://example.com:99999", "https://example.com:",
          "https://example.com.", "https://example.com https://b.example", "HTTPS://example.com"})
        EXPECT_EQ(faults({"k", {"servers:read"}, {}, {bad}}), List{"/cors_origins/0 origin"})
            << bad;
}

TEST(KeyRules, ScopesAreKnownOnceAndInOrder) {
    Change change{"k", {"metrics:read", "servers:read", "metrics:read"}, {}, {}};
    check_change(change, access::scopes());
    EXPECT_EQ(change.scopes, (List{"servers:read", "metrics:read"}));
    EXPECT_EQ(faults({"k", {}, {}, {}}), List{"/scopes length"});
    for (const char* bad : {"", "servers", "servers:*", "Servers:read", "api_keys:write", "*"})
        EXPECT_EQ(faults({"k", {"servers:read", bad}, {}, {}}), List{"/scopes/1 choice"}) << bad;
}

TEST(KeyRules, NobodyGivesAScopeThatTheOwnRoleLacks) {
    for (const std::string_view scope : access::scopes()) {
        for (const auto role : {access::Role::owner, access::Role::admin, access::Role::member,
                                access::Role::viewer}) {
            bool permitted = true;
            for (const access::PermissionEntry& entry : access::permission_table()) {
                if (entry.scope == scope)
                    permitted = permitted && access::permits(role, entry.permission);
            }
            EXPECT_EQ(faults({"k", {std::string(scope)}, {}, {}}, role),
                      permitted ? List{} : List{"/scopes/0 role"})
                << scope;
        }
    }
}

TEST(KeyRules, ListsHaveAnEnd) {
    EXPECT_EQ(faults({"k", {"servers:read"}, List(51, "10.0.0.0/8"), {}}),
              List{"/ip_allow length"});
    EXPECT_EQ(faults({"k", {"servers:read"}, {}, List(51, "https://example.com")}),
              List{"/cors_origins length"});
}

} // namespace
} // namespace atalaya::api_key
