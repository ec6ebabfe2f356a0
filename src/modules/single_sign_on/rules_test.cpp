#include "modules/single_sign_on/rules.hpp"

#include "base/problem.hpp"

#include <gtest/gtest.h>

namespace atalaya::single_sign_on {
namespace {

using access::Role;
using shape::Json;

Settings settings() {
    Settings out;
    out.issuer = "https://login.example.com";
    out.client_id = "atalaya";
    out.allowed_domains = {"example.com"};
    return out;
}

oidc::IdToken token(std::initializer_list<shape::Member> claims,
                    std::vector<std::string> methods = {}) {
    oidc::IdToken out;
    out.subject = "248289761001";
    out.methods = std::move(methods);
    out.claims = shape::json_object({{"email", "ada@example.com"}, {"email_verified", true}});
    for (const shape::Member& claim : claims)
        out.claims.set(claim.name, claim.value);
    return out;
}

std::optional<Refusal> refusal(const std::variant<Person, Refusal>& verdict) {
    const auto* found = std::get_if<Refusal>(&verdict);
    return found ? std::optional(*found) : std::nullopt;
}

std::string faults(Settings in) {
    try {
        normalise(in);
    } catch (const Problem& problem) {
        std::string out;
        for (const Violation& violation : problem.violations())
            out += violation.pointer + " ";
        return out;
    }
    return "";
}

TEST(SsoRules, AnAddressCountsWhenItIsVerified) {
    Settings open = settings();
    open.allowed_domains.clear();
    EXPECT_FALSE(refusal(judge_person(token({}), open, false, false)));
    EXPECT_FALSE(refusal(judge_person(token({{"email_verified", "true"}}), open, false, false)));
    for (const Json& no : {Json(false), Json(), Json("yes"), Json(1), Json("TRUE")})
        EXPECT_EQ(refusal(judge_person(token({{"email_verified", no}}), open, true, false)),
                  Refusal::unverified);
}

TEST(SsoRules, ATeamAnswersForItsOwnDomains) {
    const auto unverified = token({{"email_verified", false}});
    EXPECT_FALSE(refusal(judge_person(unverified, settings(), true, false)));
    EXPECT_EQ(refusal(judge_person(unverified, settings(), false, false)), Refusal::unverified);
    EXPECT_EQ(refusal(judge_person(token({{"email", "ada@example.org"}}), settings(), true, true)),
              Refusal::domain);
    EXPECT_EQ(
        refusal(judge_person(token({{"email", "ada@sub.example.com"}}), settings(), true, false)),
        Refusal::domain);
}

TEST(SsoRules, WhatIsNoAddressIsOfNoDomain) {
    for (const char* email :
         {"", "ada", "@example.com", "ada@", "a@b@example.com", "ada@example.com@evil.example",
          "ada@example..com", "ada@.example.com", "<ada@example.com>", "ada @example.com",
          "ada@localhost", "ada@example.com,eve@example.com", "ad\u00e4@example.com"})
        EXPECT_EQ(domain_of(email), "") << email;
    EXPECT_EQ(domain_of(" Ada@EXAMPLE.com "), "example.com");
}

TEST(SsoRules, TheStrongestMappedGroupCountsAndNoneMakesAnOwner) {
    Settings mapped = settings();
    mapped.groups_claim = "groups";
    mapped.role_mapping = {{"staff", Role::viewer}, {"ops", Role::admin}, {"heads", Role::owner}};
    const auto role = [&](const Json& groups) {
        return std::get<Person>(judge_person(token({{"groups", groups}}), mapped, true, false))
            .role;
    };
    EXPECT_EQ(role(shape::Array{"staff", "ops"}), Role::admin);
    EXPECT_EQ(role("staff"), Role::viewer);
    EXPECT_EQ(role(shape::Array{"heads"}), std::nullopt);
    EXPECT_EQ(role(shape::Array{"Staff", 7, nullptr}), std::nullopt);
    EXPECT_EQ(role(Json()), std::nullopt);
    mapped.default_role = Role::viewer;
    EXPECT_EQ(role(shape::Array{"others"}), Role::viewer);
}

TEST(SsoRules, ASecondFactorCountsWhenItIsTrustedAndNamed) {
    Settings trusting = settings();
    const auto counts = [&](std::vector<std::string> methods) {
        return std::get<Person>(judge_person(token({}, std::move(methods)), trusting, true, false))
            .second_factor;
    };
    EXPECT_FALSE(counts({"mfa"}));
    trusting.trust_second_factor = true;
    EXPECT_TRUE(counts({"pwd", "mfa"}));
    EXPECT_TRUE(counts({"pwd", "otp"}));
    EXPECT_FALSE(counts({"pwd"}));
    EXPECT_FALSE(counts({}));
}

TEST(SsoRules, SettingsAreHeldToTheirRules) {
    Settings good = settings();
    good.allowed_domains = {" Example.COM "};
    normalise(good);
    EXPECT_EQ(good.allowed_domains.front(), "example.com");
    Settings bad = settings();
    bad.issuer = "http://login.example.com";
    EXPECT_EQ(faults(bad), "/settings/issuer ");
    bad = settings();
    bad.allowed_domains = {"example.com", "com", ""};
    EXPECT_EQ(faults(bad), "/settings/allowed_domains/1 /settings/allowed_domains/2 ");
    bad = settings();
    bad.default_role = Role::owner;
    bad.role_mapping = {{"heads", Role::owner}};
    EXPECT_EQ(faults(bad),
              "/settings/role_mapping/0/role /settings/default_role /settings/groups_claim ");
    bad = settings();
    bad.create_members = true;
    EXPECT_EQ(faults(bad), "/settings/default_role ");
}

} // namespace
} // namespace atalaya::single_sign_on
