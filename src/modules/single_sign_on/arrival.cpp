#include "modules/single_sign_on/arrival.hpp"

#include "api/identities.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "crypto/hash.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "modules/second_factor/second_factor.hpp"
#include "modules/single_sign_on/flow.hpp"
#include "modules/team/team.hpp"
#include "net/address.hpp"
#include "single_sign_on_sql.hpp"

namespace atalaya::single_sign_on {
namespace {

/// Ends an arrival. `by_provider`: the provider itself vouched for what is refused, so the team is
/// told as well.
struct Refused {
    Refusal refusal;
    std::string reason;
    bool by_provider = false;
};

/// What the provider says has nothing to do with who acts in the record: this does.
api::Incoming as_system(const api::Incoming& incoming) {
    api::Incoming out = incoming;
    out.caller.kind = access::CallerKind::system;
    out.caller.name = "single sign-on";
    return out;
}

/// Arrivals that nobody vouched for are counted by the network they came from. Each may cost a
/// question to a provider, and anybody can ask for this address.
std::vector<Bytes> attempt_keys(api::SlowCall& call) {
    return {to_bytes(call.services.keyring.system_blind_index(
        "attempt.sso", net::to_client_group(call.caller().address)))};
}

bool is_blocked(api::SlowCall& call) {
    return call.look_up([&](db::Connection& db) {
        const auto until = identity::find_block(db, attempt_keys(call));
        return until && *until > call.services.clock.now();
    });
}

void count_failure(api::SlowCall& call) {
    call.look_up([&](db::Connection& db) { identity::count_failure(db, attempt_keys(call)); });
}

net::Response redirect(const std::string& path, std::vector<net::Header> headers) {
    net::Response response;
    response.status = 303;
    response.headers = std::move(headers);
    response.headers.push_back({"Location", path});
    response.headers.push_back({"Cache-Control", "no-store"});
    response.headers.push_back(ended_flow_cookie());
    return response;
}

std::string back_to_login(Refusal refusal) {
    return "/login?sso=" + std::string(shape::enum_name(refusal));
}

crypto::Hash identity_index(api::Services& services, const Connection& connection,
                            const std::string& subject) {
    const std::string& issuer = connection.settings.issuer;
    return services.keyring.blind_index(connection.chain(), "sso.identity",
                                        std::to_string(issuer.size()) + ":" + issuer + subject);
}

/// What was said at the provider, believed. Throws Refused.
oidc::IdToken redeem(api::SlowCall& call, const Connection& connection, const Flow& flow) {
    const api::Query& query = call.query();
    const std::string& issuer = connection.settings.issuer;
    if (const auto error = query.find_text("error"))
        throw Refused{*error == "access_denied" ? Refusal::denied : Refusal::failed,
                      "the provider answered with an error"};
    oidc::Providers& providers = call.services.providers;
    try {
        const auto named = query.find_text("iss"); // RFC 9207: another provider's answer
        if (named ? *named != issuer : providers.get_metadata(issuer).names_itself)
            throw Refused{Refusal::failed, "the answer is of another issuer"};
        std::vector<std::string> wanted{"email"};
        if (!connection.settings.groups_claim.empty())
            wanted.push_back(connection.settings.groups_claim);
        auto token = providers.redeem(issuer, connection.client(), asked_of(call.services, flow),
                                      query.find_text("code").value_or(""), wanted);
        const Time late = call.services.clock.now() - std::chrono::minutes(10);
        if (flow.fresh && (!token.authenticated_at || *token.authenticated_at < late))
            throw Refused{Refusal::failed, "the provider did not ask for a new proof"};
        return token;
    } catch (const oidc::ProviderFault& fault) {
        const bool away = fault.kind == oidc::ProviderFault::Kind::unreachable;
        throw Refused{away ? Refusal::unreachable : Refusal::failed, fault.what()};
    }
}

std::optional<UserId> find_known(api::SlowCall& call, const Connection& connection,
                                 const crypto::Hash& index) {
    return call.transact({connection.chain(), UserId{}}, {},
                         [&](api::Call& inner) -> std::optional<UserId> {
                             const auto row = inner.tx.query_optional(
                                 sql::single_sign_on::find_identity,
                                 {{"team_id", connection.chain()}, {"identity_index", index}});
                             return row ? std::optional(row->get<UserId>("user_id")) : std::nullopt;
                         });
}

void insert_identity(api::Call& call, const Connection& connection, const crypto::Hash& index,
                     UserId user) {
    const auto inserted = call.tx.query(
        sql::single_sign_on::insert_identity,
        {{"team_id", connection.chain()}, {"identity_index", index}, {"user_id", user}});
    if (inserted.affected() != 1)
        throw Refused{Refusal::taken, "the identity is connected already", true};
    call.record_person("sso.connect", user, {});
}

/// Membership and role, as the provider's word and the team's rules make them.
void sync_membership(api::Call& call, const Connection& connection, UserId user,
                     const Person& person) {
    if (!connection.team)
        return;
    team::Sync sync;
    sync.user = user;
    sync.name = person.name;
    sync.role = person.role;
    sync.may_add = connection.settings.create_members;
    sync.sets_role = !connection.settings.role_mapping.empty();
    switch (team::sync_member(call, sync)) {
    case team::Synced::member:
        return;
    case team::Synced::stranger:
        throw Refused{Refusal::no_account, "not a member, and none are made", true};
    case team::Synced::no_role:
        throw Refused{Refusal::no_role, "no group gives a role", true};
    }
}

UserId create_account(api::SlowCall& call, const Connection& connection, const crypto::Hash& index,
                      const Person& person) {
    const UserId user(call.services.random.uuid());
    call.services.keyring.create_key(user);
    try {
        call.transact(
            {platform_team, user}, {platform_team, connection.chain()}, [&](api::Call& inner) {
                const identity::Person body{person.name, person.email};
                identity::insert_user(inner, user, body, identity::no_password);
                inner.record_person("user.create", user, shape::all_added(body), person.name);
                inner.tx.enter({connection.chain(), user});
                insert_identity(inner, connection, index, user);
                sync_membership(inner, connection, user, person);
            });
    } catch (...) {
        call.services.keyring.destroy_key(user);
        throw;
    }
    return user;
}

/// The account of an identity that was never seen. An address alone opens none: whoever runs a
/// provider can write any into it.
UserId make_account(api::SlowCall& call, const Connection& connection, const crypto::Hash& index,
                    const Person& person) {
    const auto email = identity::email_index(call.services.keyring, person.email);
    if (call.look_up([&](db::Connection& db) { return identity::find_login(db, email); }))
        throw Refused{Refusal::link_required, "there is an account with this address", true};
    // Where nobody may make an account, a team's owner may not either.
    const bool closed =
        connection.team && call.services.config.signup.mode == config::SignupMode::closed;
    if (!connection.settings.create_members || closed)
        throw Refused{Refusal::no_account, "no account, and none are made", true};
    try {
        return create_account(call, connection, index, person);
    } catch (const Problem& problem) {
        if (problem.kind().code != problems::email_taken.code)
            throw;
        throw Refused{Refusal::link_required, "there is an account with this address", true};
    }
}

UserId resolve(api::SlowCall& deputy, const Connection& connection, const Flow& flow,
               const Person& person) {
    const auto index = identity_index(deputy.services, connection, person.subject);
    const auto known = find_known(deputy, connection, index);
    if (known && flow.link_user && *known != *flow.link_user)
        throw Refused{Refusal::taken, "the identity belongs to another account", true};
    if (!known && !flow.link_user)
        return make_account(deputy, connection, index, person);
    const UserId user = known ? *known : *flow.link_user;
    deputy.transact({connection.chain(), user}, {connection.chain()}, [&](api::Call& inner) {
        if (!known)
            insert_identity(inner, connection, index, user);
        sync_membership(inner, connection, user, person);
    });
    return user;
}

bool is_enabled(api::SlowCall& call, UserId user) {
    return call.transact({platform_team, user}, {}, [&](api::Call& inner) {
        return inner.tx.query_one(sql::single_sign_on::find_standing, {{"user_id", user}})
            .get<bool>("enabled");
    });
}

/// Opens the session, or asks for the second factor that the account has and the provider's word
/// does not stand for.
net::Response enter(api::SlowCall& call, const Connection& connection, const Flow& flow,
                    UserId user, const Person& person, const oidc::IdToken& token) {
    if (!is_enabled(call, user))
        throw Refused{Refusal::no_account, "the account is disabled", true};
    if (!person.second_factor) {
        const auto pending = call.transact(
            {platform_team, user}, {}, [&](api::Call& inner) -> std::optional<net::Header> {
                if (!second_factor::get_standing(inner.tx, user).enrolled)
                    return std::nullopt;
                return second_factor::insert_pending_login(
                    inner, {user, flow.remember, true, connection.team});
            });
        if (pending)
            return redirect("/login?sso=code", {*pending});
    }
    identity::Opening opening;
    opening.remembered = flow.remember;
    opening.second_factor = person.second_factor;
    opening.by_sso = true;
    opening.sso_team = connection.team;
    // A session of the provider's that was open all day proves nothing about now.
    opening.assured_at =
        std::min(token.authenticated_at.value_or(Time{}), call.services.clock.now());
    const auto opened = identity::open_session(call, user, opening, [&](api::Call& inner) {
        if (!flow.session || !identity::delete_session(inner.tx, user, *flow.session))
            return;
        inner.after_commit([&identities = inner.services.identities, id = *flow.session] {
            identities.forget_session(id);
        });
    });
    return redirect("/", {identity::session_cookie(call.services, opened.session)});
}

void record_refusal(api::SlowCall& call, const std::optional<TeamId>& team,
                    const Refused& refused) {
    log::warning("single sign-on failed", {{"reason", refused.reason}});
    std::vector<TeamId> chains{platform_team};
    if (team && refused.by_provider)
        chains.push_back(*team);
    call.transact({platform_team, UserId{}}, chains, [&](api::Call& inner) {
        for (const TeamId chain : chains) {
            audit::Event event;
            event.action = "auth.sso_failed";
            event.outcome = audit::Outcome::denied;
            event.resource_type = "session";
            event.changes = shape::Array{shape::json_object(
                {{"field", "reason"}, {"before", nullptr}, {"after", refused.reason}})};
            inner.recorder.add(chain, std::move(event));
        }
    });
}

net::Response let_in(api::SlowCall& call, const Flow& flow) {
    const auto connection = find_connection(call, flow.team);
    if (!connection)
        throw Refused{Refusal::failed, "the connection is gone"};
    const oidc::IdToken token = redeem(call, *connection, flow);
    const auto verdict = judge_person(token, connection->settings, connection->team.has_value(),
                                      flow.link_user.has_value());
    if (const auto* refusal = std::get_if<Refusal>(&verdict))
        throw Refused{*refusal, std::string(shape::enum_name(*refusal)), true};
    const Person& person = std::get<Person>(verdict);
    const api::Incoming incoming = as_system(call.incoming);
    api::SlowCall deputy(call.services, incoming);
    const UserId user = resolve(deputy, *connection, flow, person);
    return enter(call, *connection, flow, user, person, token);
}

} // namespace

net::Response arrive(api::SlowCall& call) {
    if (is_blocked(call))
        return redirect(back_to_login(Refusal::too_many), {});
    const auto flow = find_flow(call);
    const std::string state = call.query().find_text("state").value_or("");
    // Not on the record: anybody can ask for this address.
    if (!flow || !crypto::equal_constant_time(as_bytes(state), as_bytes(flow->state)) ||
        !take_flow(call, *flow)) {
        count_failure(call);
        return redirect(back_to_login(Refusal::expired), {});
    }
    try {
        return let_in(call, *flow);
    } catch (const Refused& refused) {
        if (refused.refusal == Refusal::failed)
            count_failure(call);
        record_refusal(call, flow->team, refused);
        return redirect(back_to_login(refused.refusal), {});
    } catch (const Problem& problem) {
        log::warning("single sign-on failed", {{"reason", std::string(problem.kind().code)}});
        return redirect(back_to_login(Refusal::unreachable), {});
    }
}

} // namespace atalaya::single_sign_on
