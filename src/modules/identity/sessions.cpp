#include "base/problems.hpp"
#include "config/config.hpp"
#include "crypto/token.hpp"
#include "identity_sql.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::identity {
namespace {

using shape::field;
using shape::names_every_member;

constexpr std::array device_fields{
    field<&Device::ip>("ip", "Address."),
    field<&Device::user_agent>("user_agent", "Browser."),
};
static_assert(names_every_member<Device>(device_fields));

constexpr std::string_view cookie_name = "__Host-atalaya_session";
constexpr std::string_view cookie_rules = "; Path=/; Secure; HttpOnly; SameSite=Lax";
constexpr std::string_view device_purpose = "session.body";

} // namespace

NewSession insert_session(api::Call& call, UserId user, const Opening& opening) {
    const Time now = call.services.clock.now();
    NewSession session;
    session.id = SessionId(call.services.random.uuid());
    session.token = crypto::make_token(call.services.random, "");
    const auto& limits = call.services.config.session;
    const auto longest = std::chrono::hours(24) * limits.absolute_days;
    session.expires_at =
        now + (opening.remembered
                   ? longest
                   : std::min(longest, std::chrono::hours(1) * limits.browser_hours));
    session.remembered = opening.remembered;
    Device device;
    device.ip = call.caller().address;
    device.user_agent = call.caller().user_agent;
    const std::string body = shape::write_json(shape::to_json(device));
    call.tx.defer(
        sql::identity::insert_session,
        {{"id", session.id},
         {"user_id", user},
         {"token_hash", crypto::token_hash(session.token)},
         {"expires_at", session.expires_at},
         {"assured_at", opening.assured_at.value_or(now)},
         {"remembered", opening.remembered},
         {"second_factor", opening.second_factor},
         {"sso_team", opening.sso_team},
         {"body", call.services.keyring.seal(user, device_purpose, session.id, as_bytes(body))}});
    return session;
}

Opened open_session(api::SlowCall& call, UserId user, const Opening& opening,
                    const std::function<void(api::Call&)>& prove) {
    const db::Scope own{platform_team, user};
    const auto memberships = call.look_up(
        [&](db::Connection& connection) { return list_memberships(connection, user); });
    std::vector<TeamId> teams{platform_team};
    for (const access::Membership& membership : memberships) {
        if (!opening.sso_team || *opening.sso_team == membership.team)
            teams.push_back(membership.team);
    }
    Opened out;
    out.account =
        call.transact(own, {}, [&](api::Call& inner) { return get_account(inner, user); });
    api::Incoming incoming = call.incoming;
    incoming.caller.kind = access::CallerKind::user;
    incoming.caller.user = user;
    incoming.caller.name = out.account.person.name;
    api::SlowCall acting(call.services, incoming);
    acting.transact(own, teams, [&](api::Call& inner) {
        prove(inner);
        out.session = insert_session(inner, user, opening);
        for (const TeamId team : teams) {
            audit::Event event;
            event.action = opening.by_sso ? "auth.sso" : "auth.login";
            event.resource_type = "session";
            event.resource_id = out.session.id;
            inner.recorder.add(team, std::move(event));
        }
    });
    call.receipts.insert(call.receipts.end(), acting.receipts.begin(), acting.receipts.end());
    return out;
}

NewSession renew_session(api::Call& call, bool second_factor) {
    const access::Caller& caller = call.caller();
    NewSession session;
    session.id = caller.session;
    session.token = crypto::make_token(call.services.random, "");
    const auto row = call.tx.query_optional(sql::identity::renew_session,
                                            {{"id", session.id},
                                             {"user_id", caller.user},
                                             {"token_hash", crypto::token_hash(session.token)},
                                             {"assured_at", call.services.clock.now()},
                                             {"second_factor", second_factor}});
    if (!row)
        throw Problem(problems::unauthenticated);
    session.expires_at = row->get<Time>("expires_at");
    session.remembered = row->get<bool>("remembered");
    call.after_commit([&identities = call.services.identities, id = session.id] {
        identities.forget_session(id);
    });
    return session;
}

void assure_session(api::Call& call) {
    const access::Caller& caller = call.caller();
    call.tx.defer(sql::identity::assure_session, {{"id", caller.session},
                                                  {"user_id", caller.user},
                                                  {"assured_at", call.services.clock.now()}});
    call.after_commit([&identities = call.services.identities, id = caller.session] {
        identities.forget_session(id);
    });
}

net::Header session_cookie(const api::Services& services, const NewSession& session) {
    std::string value = std::string(cookie_name) + "=" + session.token + std::string(cookie_rules);
    if (session.remembered) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(session.expires_at -
                                                                           services.clock.now());
        value += "; Max-Age=" + std::to_string(left.count());
    }
    return {"Set-Cookie", std::move(value)};
}

net::Header ended_session_cookie() {
    return {"Set-Cookie",
            std::string(cookie_name) + "=" + std::string(cookie_rules) + "; Max-Age=0"};
}

std::vector<Session> list_sessions(api::Call& call, UserId user) {
    std::vector<Session> sessions;
    for (const db::Row row : call.tx.query(sql::identity::list_sessions, {{"user_id", user}})) {
        Session session;
        session.id = row.get<SessionId>("id");
        session.created_at = row.get<Time>("created_at");
        session.last_used_at = row.get<Time>("last_used_at");
        session.expires_at = row.get<Time>("expires_at");
        session.remembered = row.get<bool>("remembered");
        if (const auto plain = call.services.keyring.open_sealed(user, device_purpose, session.id,
                                                                 row.get<Bytes>("body")))
            session.device = shape::read_stored<Device>(shape::parse_json(as_text(*plain)).value());
        sessions.push_back(std::move(session));
    }
    return sessions;
}

bool delete_session(db::Tx& tx, UserId user, SessionId session) {
    return tx.query(sql::identity::delete_session, {{"id", session}, {"user_id", user}})
               .affected() == 1;
}

std::size_t delete_other_sessions(api::Call& call, UserId user, SessionId kept) {
    call.after_commit(
        [&identities = call.services.identities, user] { identities.forget_user(user); });
    return call.tx.query(sql::identity::delete_other_sessions, {{"user_id", user}, {"kept", kept}})
        .size();
}

std::int64_t delete_expired_sessions(api::Call& call) {
    const auto count =
        static_cast<std::int64_t>(call.tx.query(sql::identity::delete_expired_sessions).size());
    if (count > 0) {
        shape::Json changes = shape::Array{
            shape::json_object({{"field", "count"}, {"before", nullptr}, {"after", count}})};
        call.record("session.expire", "session", Uuid{}, std::move(changes));
    }
    return count;
}

} // namespace atalaya::identity

namespace atalaya::shape {
const Shape Described<identity::Device>::shape{"Device", identity::device_fields};
} // namespace atalaya::shape
