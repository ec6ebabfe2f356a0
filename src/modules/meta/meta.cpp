#include "modules/meta/meta.hpp"

#include "api/document.hpp"
#include "api/set_up.hpp"
#include "config/config.hpp"
#include "modules/identity/identity.hpp"
#include "shape/complete.hpp"

#include <algorithm>

namespace atalaya::meta {

struct Instance {
    std::string name;
    std::string version;
    std::string signup_mode;
    bool needs_setup = false;
    bool local_ca = false;
    bool mail_configured = false;
    std::optional<std::string> sso_label;
    std::int64_t password_length_min = 0;
    std::int64_t password_length_min_alone = 0;
};

struct PermissionView {
    std::string name;
    std::string description;
    std::vector<std::string> roles;
    std::optional<std::string> scope;
};

struct Permissions {
    std::vector<std::string> roles;
    std::vector<std::string> scopes;
    std::vector<PermissionView> permissions;
};

} // namespace atalaya::meta

namespace atalaya::shape {
template <>
struct Described<meta::Instance> {
    static const Shape shape;
};
template <>
struct Described<meta::PermissionView> {
    static const Shape shape;
};
template <>
struct Described<meta::Permissions> {
    static const Shape shape;
};
} // namespace atalaya::shape

namespace atalaya::meta {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array instance_fields{
    field<&Instance::name>("name", "The product."),
    field<&Instance::version>("version", "Its version."),
    field<&Instance::signup_mode>("signup_mode", "open, invite or closed."),
    field<&Instance::needs_setup>("needs_setup", "Whether the first account is still to be made."),
    field<&Instance::local_ca>("local_ca", "Whether agents need the certificate at /ca.pem."),
    field<&Instance::mail_configured>("mail_configured",
                                      "Whether links are mailed; if not, an administrator hands "
                                      "them on."),
    field<&Instance::sso_label>("sso_label",
                                "What the installation's own single sign-on is called; "
                                "null: it has none."),
    field<&Instance::password_length_min>("password_length_min",
                                          "Least number of characters of a new password, with a "
                                          "second factor."),
    field<&Instance::password_length_min_alone>("password_length_min_alone",
                                                "The same without a second factor."),
};
static_assert(names_every_member<Instance>(instance_fields));

constexpr std::array permission_fields{
    field<&PermissionView::name>("name", "As in capabilities."),
    field<&PermissionView::description>("description", "What it allows."),
    field<&PermissionView::roles>("roles", "Roles that hold it."),
    field<&PermissionView::scope>("scope", "What an API key needs for it; of null, no key has it."),
};
static_assert(names_every_member<PermissionView>(permission_fields));

constexpr std::array permissions_fields{
    field<&Permissions::roles>("roles", "From the strongest."),
    field<&Permissions::scopes>("scopes", "Every scope that an API key can have."),
    field<&Permissions::permissions>("permissions", "The whole matrix."),
};
static_assert(names_every_member<Permissions>(permissions_fields));

} // namespace
} // namespace atalaya::meta

namespace atalaya::shape {
const Shape Described<meta::Instance>::shape{"Instance", meta::instance_fields};
const Shape Described<meta::PermissionView>::shape{"Permission", meta::permission_fields};
const Shape Described<meta::Permissions>::shape{"Permissions", meta::permissions_fields};
} // namespace atalaya::shape

namespace atalaya::meta {
namespace {

std::string_view mode_name(config::SignupMode mode) {
    switch (mode) {
    case config::SignupMode::open:
        return "open";
    case config::SignupMode::invite:
        return "invite";
    case config::SignupMode::closed:
        return "closed";
    }
    return "";
}

Instance get_instance(api::Call& call) {
    Instance instance;
    instance.name = "Atalaya";
    instance.version = ATALAYA_VERSION;
    instance.signup_mode = mode_name(call.services.config.signup.mode);
    instance.needs_setup = call.services.set_up.is_needed();
    instance.local_ca = call.services.config.tls.mode == config::TlsMode::local;
    instance.mail_configured = !call.services.config.mail.smtp_url.empty();
    if (!call.services.config.oidc.issuer.empty())
        instance.sso_label = call.services.config.oidc.label;
    instance.password_length_min = identity::password_length_min(call.services.config, true);
    instance.password_length_min_alone = identity::password_length_min(call.services.config, false);
    return instance;
}

Permissions get_permissions(api::Call& call) {
    Permissions out;
    for (const auto& [role, name] : shape::EnumNames<access::Role>::names)
        out.roles.emplace_back(name);
    for (const std::string_view scope : call.services.router.scopes())
        out.scopes.emplace_back(scope);
    for (const access::PermissionEntry& entry : access::permission_table()) {
        PermissionView view{std::string(entry.name), std::string(entry.description), {}, {}};
        const auto& offered = out.scopes;
        if (std::find(offered.begin(), offered.end(), entry.scope) != offered.end())
            view.scope = entry.scope;
        for (const auto& [role, name] : shape::EnumNames<access::Role>::names) {
            if (access::permits(role, entry.permission))
                view.roles.emplace_back(name);
        }
        out.permissions.push_back(std::move(view));
    }
    return out;
}

net::Response get_document(api::Call& call) {
    return api::json_response(200, api::make_document(call.services.router));
}

constexpr std::array table{
    api::endpoint<get_document>(api::Verb::get, "/openapi.json", api::Audience::anyone,
                                std::nullopt, "This document."),
    api::endpoint<get_instance>(api::Verb::get, "/meta/instance", api::Audience::anyone,
                                std::nullopt, "What a page must know before anybody is signed in."),
    api::endpoint<get_permissions>(api::Verb::get, "/meta/permissions", api::Audience::signed_in,
                                   std::nullopt, "Which role may do what."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::meta
