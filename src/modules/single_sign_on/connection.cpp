#include "modules/single_sign_on/connection.hpp"

#include "api/identities.hpp"
#include "config/config.hpp"
#include "keyring/keyring.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"
#include "single_sign_on_sql.hpp"

namespace atalaya::single_sign_on {

/// The sealed body of a row.
struct Stored {
    Settings settings;
    std::string client_secret;
};

namespace {

constexpr std::array stored_fields{
    shape::field<&Stored::settings>("settings", "As the owner set them."),
    shape::field<&Stored::client_secret>("client_secret", "Ours, at the provider."),
};
static_assert(shape::names_every_member<Stored>(stored_fields));

constexpr std::string_view body_purpose = "sso.body";

Bytes domain_index(api::Services& services, std::string_view domain) {
    return to_bytes(services.keyring.system_blind_index("sso.domain", domain));
}

} // namespace
} // namespace atalaya::single_sign_on

namespace atalaya::shape {
template <>
struct Described<single_sign_on::Stored> {
    static const Shape shape;
};
const Shape Described<single_sign_on::Stored>::shape{"SsoStored", single_sign_on::stored_fields};
} // namespace atalaya::shape

namespace atalaya::single_sign_on {

std::optional<Connection> find_connection(api::Call& call) {
    const TeamId team = call.tx.scope().team;
    const auto row =
        call.tx.query_optional(sql::single_sign_on::find_connection, {{"team_id", team}});
    if (!row)
        return std::nullopt;
    const auto body =
        call.services.keyring.open_sealed(team, body_purpose, team, row->get<Bytes>("body"));
    CHECK_REQUEST(body.has_value());
    auto stored = shape::read_stored<Stored>(shape::parse_json(as_text(*body)).value());
    return Connection{team, std::move(stored.settings), Secret(stored.client_secret),
                      row->get<std::int64_t>("revision"), row->get<Time>("updated_at")};
}

std::optional<Connection> find_own_connection(const api::Services& services) {
    const auto& config = services.config.oidc;
    if (config.issuer.empty())
        return std::nullopt;
    Connection out;
    out.settings.issuer = config.issuer;
    out.settings.client_id = config.client_id;
    out.settings.allowed_domains = config.allowed_domains;
    out.settings.create_members = config.sign_up;
    out.settings.trust_second_factor = config.trust_second_factor;
    out.client_secret = services.oidc_client_secret;
    return out;
}

std::optional<Connection> find_connection(api::SlowCall& call, std::optional<TeamId> team) {
    if (!team)
        return find_own_connection(call.services);
    return call.transact({*team, UserId{}}, {},
                         [](api::Call& inner) { return find_connection(inner); });
}

std::optional<TeamId> find_team_of_address(api::SlowCall& call, std::string_view email) {
    const std::string domain = domain_of(email);
    const auto& known = call.services.config.oidc.team_domains;
    if (std::find(known.begin(), known.end(), domain) == known.end())
        return std::nullopt;
    const Bytes index = domain_index(call.services, domain);
    return call.look_up([&](db::Connection& connection) {
        return db::transact(connection, {}, [&](db::Tx& tx) {
            return tx.query_one(sql::single_sign_on::find_team_of_domain, {{"domain_index", index}})
                .get<std::optional<TeamId>>("team_id");
        });
    });
}

Bytes seal_connection(api::Call& call, TeamId team, const Connection& connection) {
    const Stored stored{connection.settings, std::string(connection.client_secret.reveal_text())};
    return call.services.keyring.seal(team, body_purpose, team,
                                      as_bytes(shape::write_json(shape::to_json(stored))));
}

std::vector<Bytes> domain_indexes(api::Services& services, const Settings& settings) {
    std::vector<Bytes> out;
    for (const std::string& domain : settings.allowed_domains)
        out.push_back(domain_index(services, domain));
    return out;
}

std::string redirect_uri(const api::Services& services) {
    return services.public_url + "/api/v1/login/sso/callback";
}

} // namespace atalaya::single_sign_on
