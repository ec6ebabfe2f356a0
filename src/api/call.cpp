#include "api/call.hpp"

#include "api/announcements.hpp"
#include "base/check.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "db/pool.hpp"

namespace atalaya::api {
namespace {

[[noreturn]] void refuse_full_queue() {
    throw Problem(problems::unavailable).retry_after(2).because("queue full");
}

} // namespace

TeamId Call::team() const { return incoming.path.id<TeamId>("team"); }

void Call::record(std::string action, std::string resource_type, const Uuid& resource,
                  shape::Json changes, std::string name) {
    audit::Event event;
    event.action = std::move(action);
    event.resource_type = std::move(resource_type);
    event.resource_id = resource;
    event.resource_name = std::move(name);
    event.changes = std::move(changes);
    recorder.add(tx.scope().team, std::move(event));
}

void Call::record_person(std::string action, const UserId& person, shape::Json changes,
                         std::string name) {
    audit::Event event;
    event.action = std::move(action);
    event.resource_type = "user";
    event.resource_name = std::move(name);
    event.changes = std::move(changes);
    event.person = person;
    recorder.add(tx.scope().team, std::move(event));
}

void Call::check_revision(std::int64_t current) const {
    std::string_view wanted = trim(incoming.request.header("if-match"));
    if (wanted.empty() || wanted == "*")
        return;
    if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"')
        wanted = wanted.substr(1, wanted.size() - 2);
    if (wanted != std::to_string(current))
        throw Problem(problems::stale_revision);
}

audit::Actor actor_of(const access::Caller& caller) {
    audit::Actor actor;
    switch (caller.kind) {
    case access::CallerKind::anonymous:
        actor.kind = audit::ActorKind::anonymous;
        break;
    case access::CallerKind::user:
        actor.kind = audit::ActorKind::user;
        break;
    case access::CallerKind::key:
        actor.kind = audit::ActorKind::key;
        break;
    case access::CallerKind::agent:
        actor.kind = audit::ActorKind::agent;
        break;
    case access::CallerKind::system:
        actor.kind = audit::ActorKind::system;
        break;
    }
    actor.user = caller.user;
    actor.key = caller.key;
    actor.device = caller.server;
    actor.session = caller.session;
    actor.name = caller.name;
    actor.ip = caller.address;
    actor.user_agent = caller.user_agent;
    actor.request_id = caller.request_id;
    return actor;
}

std::vector<audit::Receipt> run_recorded(Services& services, const Incoming& incoming,
                                         db::Connection& connection, const db::Scope& scope,
                                         const std::function<void(Call&)>& body) {
    std::vector<audit::Receipt> receipts;
    std::vector<std::function<void()>> effects;
    db::run_transaction(connection, scope, [&](db::Tx& tx) {
        audit::Recorder recorder(services.heads, services.payload_sealer, services.audit_seal_key,
                                 services.clock, services.random, actor_of(incoming.caller));
        Call call(services, incoming, tx, recorder);
        body(call);
        // The database refuses this at COMMIT; here the fault has the name of its route.
        CHECK_REQUEST(!tx.owes_event() || !recorder.empty());
        recorder.append_to(tx);
        tx.commit();
        receipts = recorder.committed();
        effects = call.take_effects();
    });
    for (const auto& effect : effects)
        effect();
    for (const audit::Receipt& receipt : receipts)
        services.announcements.announce(TeamId(receipt.chain), receipt.seq);
    return receipts;
}

void SlowCall::run_recorded(db::Connection& connection, const db::Scope& scope,
                            const std::function<void(Call&)>& body) {
    const auto made = api::run_recorded(services, incoming, connection, scope, body);
    receipts.insert(receipts.end(), made.begin(), made.end());
}

void SlowCall::run_on_app_pool(const std::vector<TeamId>& teams,
                               std::function<void(db::Connection&)> task) {
    if (!services.app.submit(teams, std::move(task)))
        refuse_full_queue();
}

void SlowCall::run_on_auth_pool(std::function<void(db::Connection&)> task) {
    if (!services.auth.submit({}, std::move(task)))
        refuse_full_queue();
}

} // namespace atalaya::api
