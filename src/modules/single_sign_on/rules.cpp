#include "modules/single_sign_on/rules.hpp"

#include "base/text.hpp"
#include "oidc/provider.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

#include <algorithm>

namespace atalaya::single_sign_on {
namespace {

using access::Role;
using shape::field;
using shape::Json;
using shape::length;
using shape::names_every_member;

constexpr std::array mapping_fields{
    field<&RoleMapping::group>("group", "As the provider names it.", length(1, 200)),
    field<&RoleMapping::role>("role", "What its members are here; never owner."),
};
static_assert(names_every_member<RoleMapping>(mapping_fields));

constexpr std::array settings_fields{
    field<&Settings::issuer>("issuer", "The provider, exactly as it names itself.", length(1, 500)),
    field<&Settings::client_id>("client_id", "What we are called there.", length(1, 300)),
    field<&Settings::allowed_domains>(
        "allowed_domains", "Only addresses of these come in, and for these the provider's word "
                           "needs no proof; empty: every address that the provider has verified."),
    field<&Settings::groups_claim>("groups_claim",
                                   "The claim that lists a person's groups; empty: "
                                   "groups mean nothing.",
                                   length(0, 100)),
    field<&Settings::role_mapping>("role_mapping", "Of several groups the strongest role counts."),
    field<&Settings::default_role>("default_role",
                                   "The role of a new member whose groups say nothing; null: none, "
                                   "and no way in where groups are mapped."),
    field<&Settings::create_members>("create_members",
                                     "Whether somebody whom the provider vouches for becomes a "
                                     "member at the first log-in."),
    field<&Settings::trust_second_factor>(
        "trust_second_factor", "Whether a second factor that the provider asked for counts here."),
    field<&Settings::only>("only", "Whether members other than owners enter the team by it alone."),
};
static_assert(names_every_member<Settings>(settings_fields));

constexpr std::size_t domains_max = 50;
constexpr std::size_t mappings_max = 200;
constexpr std::size_t name_size_max = 200;

bool is_domain(std::string_view text) {
    const bool known = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    return known && text.size() <= 253 && text.find('.') != text.npos && text.front() != '.' &&
           text.back() != '.' && text.find("..") == text.npos;
}

std::string claim_text(const Json& claims, std::string_view name) {
    const Json* claim = claims.find(name);
    return claim && claim->if_string() ? std::string(trim(*claim->if_string())) : "";
}

bool is_verified(const Json& claims) {
    const Json* claim = claims.find("email_verified");
    return claim && ((claim->if_bool() && *claim->if_bool()) ||
                     (claim->if_string() && *claim->if_string() == "true"));
}

std::vector<std::string> list_groups(const Json& claims, const std::string& name) {
    std::vector<std::string> groups;
    const Json* claim = name.empty() ? nullptr : claims.find(name);
    if (!claim)
        return groups;
    if (claim->if_string())
        groups.push_back(*claim->if_string());
    if (const auto* array = claim->if_array()) {
        for (const Json& one : *array) {
            if (one.if_string())
                groups.push_back(*one.if_string());
        }
    }
    return groups;
}

std::optional<Role> find_role(const Json& claims, const Settings& settings) {
    std::optional<Role> best;
    const auto groups = list_groups(claims, settings.groups_claim);
    for (const RoleMapping& row : settings.role_mapping) {
        const bool belongs = std::find(groups.begin(), groups.end(), row.group) != groups.end();
        if (belongs && row.role != Role::owner && (!best || row.role < *best))
            best = row.role;
    }
    return best ? best : settings.default_role;
}

/// RFC 8176: what tells of more than a password.
bool is_second_factor(const std::vector<std::string>& methods) {
    return std::any_of(methods.begin(), methods.end(), [](const std::string& method) {
        return method == "mfa" || method == "otp" || method == "hwk" || method == "swk" ||
               method == "sc";
    });
}

/// What people are called where the provider does not say: the part before the @.
std::string name_of(const Json& claims, const std::string& email) {
    for (const char* claim : {"name", "preferred_username"}) {
        const std::string name = claim_text(claims, claim);
        if (!name.empty() && count_code_points(name) <= name_size_max)
            return name;
    }
    return email.substr(0, email.find('@'));
}

} // namespace

std::string domain_of(std::string_view email) {
    email = trim(email);
    const auto at = email.find('@');
    const bool plain =
        email.size() <= 254 && at != email.npos && at > 0 && at == email.rfind('@') &&
        std::all_of(email.begin(), email.end(), [](char c) {
            return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != '"' && c != ',';
        });
    const std::string domain = plain ? to_lower(email.substr(at + 1)) : "";
    return !domain.empty() && is_domain(domain) ? domain : "";
}

void normalise(Settings& settings) {
    std::vector<Violation> faults;
    settings.issuer = trim(settings.issuer);
    settings.client_id = trim(settings.client_id);
    if (!oidc::is_issuer(settings.issuer))
        faults.push_back({"/settings/issuer", "url", "A URL with https:// is wanted."});
    if (settings.allowed_domains.size() > domains_max)
        faults.push_back({"/settings/allowed_domains", "count", "Fifty domains at most."});
    for (std::size_t i = 0; i < settings.allowed_domains.size(); ++i) {
        std::string& domain = settings.allowed_domains[i];
        domain = to_lower(trim(domain));
        if (domain.empty() || !is_domain(domain))
            faults.push_back({"/settings/allowed_domains/" + std::to_string(i), "domain",
                              "A domain is wanted, such as example.com."});
    }
    if (settings.role_mapping.size() > mappings_max)
        faults.push_back({"/settings/role_mapping", "count", "Two hundred groups at most."});
    for (std::size_t i = 0; i < settings.role_mapping.size(); ++i) {
        if (settings.role_mapping[i].role == Role::owner)
            faults.push_back({"/settings/role_mapping/" + std::to_string(i) + "/role", "owner",
                              "No group makes an owner: owners are made by owners."});
    }
    if (settings.default_role == Role::owner)
        faults.push_back({"/settings/default_role", "owner", "Owners are made by owners."});
    if (!settings.role_mapping.empty() && settings.groups_claim.empty())
        faults.push_back({"/settings/groups_claim", "required",
                          "Name the claim that lists the groups, such as groups."});
    if (settings.create_members && !settings.default_role && settings.role_mapping.empty())
        faults.push_back({"/settings/default_role", "required",
                          "Say which role new members get, or map groups to roles."});
    shape::throw_if_any(std::move(faults));
}

std::variant<Person, Refusal> judge_person(const oidc::IdToken& token, const Settings& settings,
                                           bool team_owned, bool proved) {
    Person person;
    person.subject = token.subject;
    person.email = claim_text(token.claims, "email");
    const std::string domain = domain_of(person.email);
    const auto& allowed = settings.allowed_domains;
    const bool listed = std::find(allowed.begin(), allowed.end(), domain) != allowed.end();
    if (!allowed.empty() && !listed)
        return Refusal::domain;
    const bool vouched = is_verified(token.claims) || (team_owned && listed);
    if (!proved && (domain.empty() || !vouched))
        return Refusal::unverified;
    person.name = name_of(token.claims, person.email);
    person.role = find_role(token.claims, settings);
    person.second_factor = settings.trust_second_factor && is_second_factor(token.methods);
    return person;
}

} // namespace atalaya::single_sign_on

namespace atalaya::shape {
using single_sign_on::RoleMapping;
using single_sign_on::Settings;
const Shape Described<RoleMapping>::shape{"SsoRoleMapping", single_sign_on::mapping_fields};
const Shape Described<Settings>::shape{"SsoSettings", single_sign_on::settings_fields};
} // namespace atalaya::shape
