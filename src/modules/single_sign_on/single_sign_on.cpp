#include "modules/single_sign_on/single_sign_on.hpp"

#include "api/idempotency.hpp"
#include "api/identities.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "modules/single_sign_on/arrival.hpp"
#include "modules/single_sign_on/flow.hpp"
#include "modules/single_sign_on/views.hpp"
#include "modules/team/team.hpp"
#include "single_sign_on_sql.hpp"

namespace atalaya::single_sign_on {
namespace {

using access::Permission;
using api::Audience;
using api::endpoint;
using api::team_endpoint;
using api::Verb;

// Setting a connection up.

ConnectionView to_view(const api::Services& services, TeamId team,
                       const std::optional<Connection>& connection) {
    ConnectionView view;
    view.redirect_uri = redirect_uri(services);
    view.start_url = services.public_url + "/login?team=" + to_string(team);
    if (!connection)
        return view;
    view.settings = connection->settings;
    view.has_secret = !connection->client_secret.empty();
    view.revision = connection->revision;
    view.updated_at = connection->updated_at;
    return view;
}

ConnectionView show_connection(api::Call& call) {
    return to_view(call.services, call.team(), find_connection(call));
}

/// Whoever came by a connection that is no more, or leads elsewhere now, is out.
void end_sessions(api::Call& call, TeamId team) {
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    const auto ended = call.tx.query(sql::single_sign_on::end_sessions, {{"sso_team", team}});
    if (ended.size() > 0) {
        shape::Json details = shape::Array{
            shape::json_object({{"field", "ended"}, {"before", nullptr}, {"after", ended.size()}})};
        call.record("sso.sessions_end", "team", team, std::move(details));
    }
    for (const db::Row row : ended) {
        call.after_commit([&identities = call.services.identities,
                           user = row.get<UserId>("user_id")] { identities.forget_user(user); });
    }
    call.tx.enter(before);
}

void write_connection(api::Call& call, const std::optional<Connection>& before,
                      const Connection& after) {
    const TeamId team = call.team();
    const db::Args written{{"team_id", team},
                           {"sso_only", after.settings.only},
                           {"domain_indexes", domain_indexes(call.services, after.settings)},
                           {"body", seal_connection(call, team, after)}};
    if (!before) {
        call.tx.query(sql::single_sign_on::insert_connection, written);
        return;
    }
    db::Args update = written;
    update.add("revision", before->revision);
    if (call.tx.query(sql::single_sign_on::update_connection, update).affected() != 1)
        throw Problem(problems::stale_revision);
}

/// Asks the provider before anything is changed.
void check_provider(api::SlowCall& call, const Settings& settings) {
    try {
        call.services.providers.check(settings.issuer);
    } catch (const oidc::ProviderFault& fault) {
        log::warning("an identity provider was refused", {{"reason", fault.what()}});
        throw Problem(problems::invalid).at("/settings/issuer", "provider", fault.words);
    }
}

api::Concluded<ConnectionView> put_connection(api::SlowCall& call, const ConnectionDraft& draft) {
    Settings settings = draft.settings;
    normalise(settings);
    check_provider(call, settings);
    const auto team = call.incoming.path.id<TeamId>("team");
    const db::Scope scope{team, call.caller().user};
    return api::conclude(call, scope, {team, platform_team}, [&](api::Call& inner) {
        inner.tx.query(sql::single_sign_on::lock_connection, {{"team_id", team}});
        const auto before = find_connection(inner);
        inner.check_revision(before ? before->revision : 0);
        Connection after{team, settings, {}, 0, {}};
        const bool moved = before && (before->settings.issuer != settings.issuer ||
                                      before->settings.client_id != settings.client_id);
        if (draft.client_secret)
            after.client_secret = Secret(trim(*draft.client_secret));
        else if (before && !moved)
            after.client_secret = before->client_secret;
        write_connection(inner, before, after);
        inner.record("sso.update", "team", team,
                     before ? shape::changes(before->settings, settings)
                            : shape::all_added(settings),
                     settings.issuer);
        if (moved)
            end_sessions(inner, team);
        team::forget_members(inner);
        return to_view(inner.services, team, find_connection(inner));
    });
}

api::NoContent delete_connection(api::Call& call) {
    const TeamId team = call.team();
    call.tx.query(sql::single_sign_on::lock_connection, {{"team_id", team}});
    const auto before = find_connection(call);
    if (!before)
        throw Problem(problems::not_found);
    call.check_revision(before->revision);
    call.tx.query(sql::single_sign_on::delete_identities, {{"team_id", team}});
    call.tx.query(sql::single_sign_on::delete_connection, {{"team_id", team}});
    call.record("sso.delete", "team", team, shape::all_removed(before->settings),
                before->settings.issuer);
    end_sessions(call, team);
    team::forget_members(call);
    return {};
}

// Signing in.

Problem no_connection() {
    return std::move(Problem(problems::not_found)
                         .detail("No single sign-on is set up for this. Sign in another way, or "
                                 "use the link that your team gave you."));
}

std::optional<TeamId> parse_team(const std::optional<std::string>& text) {
    const auto id = text ? parse_uuid(*text) : std::nullopt;
    if (text && (!id || id->is_nil()))
        throw no_connection();
    return id ? std::optional(TeamId(*id)) : std::nullopt;
}

Connection get_connection(api::SlowCall& call, std::optional<TeamId> team) {
    auto connection = find_connection(call, team);
    if (!connection)
        throw no_connection();
    return std::move(*connection);
}

/// The installation's own, if addresses of this domain may come by it.
bool takes_address(const api::Services& services, const std::string& email) {
    const auto& domains = services.config.oidc.allowed_domains;
    return domains.empty() ||
           std::find(domains.begin(), domains.end(), domain_of(email)) != domains.end();
}

api::WithHeaders<Location> begin(api::SlowCall& call, const Entry& in) {
    std::optional<TeamId> team = parse_team(in.team);
    if (!team && in.email) {
        team = find_team_of_address(call, *in.email);
        if (!team && !takes_address(call.services, *in.email))
            throw no_connection();
    }
    const Connection connection = get_connection(call, team);
    const Wish wish{in.remember.value_or(false), in.fresh.value_or(false)};
    Departure departure = depart(call, connection, wish);
    return {{std::move(departure.location)}, {std::move(departure.cookie)}};
}

api::WithHeaders<Location> connect(api::SlowCall& call, const Link& in) {
    const access::Caller& caller = call.caller();
    const auto team = parse_team(in.team);
    if (team && !caller.find_membership(*team))
        throw no_connection();
    const Connection connection = get_connection(call, team);
    Departure departure = depart(call, connection, {false, false, caller.user, caller.session});
    return {{std::move(departure.location)}, {std::move(departure.cookie)}};
}

constexpr std::array table{
    endpoint<begin>(Verb::post, "/login/sso", Audience::anyone, std::nullopt,
                    "Begin to sign in by single sign-on: of a team, of whoever an address leads "
                    "to, or of the installation.")
        .with_way_out(),
    endpoint<arrive>(Verb::get, "/login/sso/callback", Audience::anyone, std::nullopt,
                     "Where providers send the browser back to; goes on to a page.")
        .with_answer(303, "")
        .with_any_query()
        .with_way_out(),
    endpoint<connect>(Verb::post, "/me/sso", Audience::signed_in, std::nullopt,
                      "Connect the own account with a provider, by signing in there once.")
        .with_way_out()
        .with_step_up(),
    team_endpoint<show_connection>(Verb::get, "/teams/{team}/sso", Permission::team_security,
                                   "The team's own single sign-on, and what its provider must "
                                   "know."),
    team_endpoint<put_connection>(Verb::put, "/teams/{team}/sso", Permission::team_security,
                                  "Set it up or change it; the provider is asked first.")
        .with_revision()
        .with_password()
        .with_way_out()
        .with_step_up(),
    team_endpoint<delete_connection>(Verb::del, "/teams/{team}/sso", Permission::team_security,
                                     "Remove it; whoever came by it is signed out.")
        .with_revision()
        .with_step_up(),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::single_sign_on
