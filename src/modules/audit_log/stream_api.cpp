#include "api/idempotency.hpp"
#include "audit_log_sql.hpp"
#include "base/text.hpp"
#include "modules/audit_log/audit_log.hpp"
#include "modules/audit_log/stream.hpp"
#include "modules/audit_log/stream_message.hpp"

namespace atalaya::audit_log {
namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;

constexpr std::size_t streams_max = 10;
constexpr std::size_t secret_size = 32;

void check_url(std::string_view kind, const std::string& url) {
    const auto refuse = [](const std::string& reason) {
        throw Problem(problems::invalid).at("/url", "url", reason);
    };
    if (kind == "webhook") {
        if (!is_webhook_url(url))
            refuse("Write https://HOST/PATH, without a name or password in it.");
    } else if (const auto parsed = parse_syslog_url(url); !parsed) {
        refuse(parsed.error().reason);
    }
}

StoredStream get_stored(api::Call& call) {
    auto found = list_streams(call.tx, call.services.keyring, call.path().uuid("stream"));
    if (found.empty())
        throw Problem(problems::not_found);
    return std::move(found.front());
}

api::Page<Stream> list(api::Call& call) {
    api::Page<Stream> page;
    for (StoredStream& stored : list_streams(call.tx, call.services.keyring))
        page.data.push_back(std::move(stored.shown));
    return page;
}

Stream get(api::Call& call) { return get_stored(call).shown; }

api::Created<NewStream> create(api::Call& call, const StreamDraft& draft) {
    check_url(draft.kind, draft.url);
    if (list_streams(call.tx, call.services.keyring).size() >= streams_max)
        throw Problem(problems::conflict)
            .detail("A team has at most " + std::to_string(streams_max) + " streams.");
    const Uuid id = call.services.random.uuid();
    NewStream out;
    if (draft.kind == "webhook") {
        std::array<std::uint8_t, secret_size> bytes;
        call.services.random.fill(bytes);
        out.secret = "whsec_" + to_base64(bytes);
    }
    const StreamBody body{draft.name, draft.url, out.secret.value_or("")};
    call.tx.query(sql::audit_log::insert_stream,
                  {{"team_id", call.team()},
                   {"id", id},
                   {"kind", draft.kind},
                   {"body", seal_stream(call.services.keyring, call.team(), id, body)}});
    call.tx.query(sql::audit_log::insert_progress,
                  {{"team_id", call.team()}, {"id", id}, {"from_start", draft.from_start}});
    call.record("audit_stream.create", "audit_stream", id, shape::all_added(draft), draft.name);
    out.stream = list_streams(call.tx, call.services.keyring, id).at(0).shown;
    return {std::move(out)};
}

Stream update(api::Call& call, const shape::Patch<StreamChange>& patch) {
    const StoredStream stored = get_stored(call);
    const Stream& stream = stored.shown;
    call.check_revision(stream.revision);
    const StreamChange before{stream.name, stream.url, stream.state == "paused"};
    StreamChange after = before;
    patch.apply_to(after);
    check_url(stream.kind, after.url);
    const StreamBody body{after.name, after.url, stored.body.secret};
    const auto changed =
        call.tx.query(sql::audit_log::update_stream,
                      {{"team_id", call.team()},
                       {"id", stream.id},
                       {"revision", stream.revision},
                       {"paused", after.paused},
                       {"body", seal_stream(call.services.keyring, call.team(), stream.id, body)}});
    if (changed.affected() != 1)
        throw Problem(problems::stale_revision);
    if (!after.paused) // whoever changed something wants to see at once whether it works
        call.tx.defer(sql::audit_log::try_again_now, {{"team_id", call.team()}, {"id", stream.id}});
    call.record("audit_stream.update", "audit_stream", stream.id, shape::changes(before, after),
                after.name);
    return get_stored(call).shown;
}

api::NoContent remove(api::Call& call) {
    const Stream stream = get_stored(call).shown;
    call.check_revision(stream.revision);
    call.tx.query(sql::audit_log::delete_stream, {{"team_id", call.team()}, {"id", stream.id}});
    call.record("audit_stream.delete", "audit_stream", stream.id,
                shape::Array{shape::json_object(
                    {{"field", "url"}, {"before", stream.url}, {"after", nullptr}})},
                stream.name);
    return {};
}

Stream test(api::Call& call) {
    const Stream stream = get_stored(call).shown;
    call.tx.defer(
        sql::audit_log::ask_for_test,
        {{"team_id", call.team()}, {"id", stream.id}, {"now", call.services.clock.now()}});
    call.record("audit_stream.test", "audit_stream", stream.id, {}, stream.name);
    return get_stored(call).shown;
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/audit/streams", Permission::audit_export,
                        "Where the record is sent as it grows, and how far each is."),
    team_endpoint<create>(Verb::post, "/teams/{team}/audit/streams", Permission::audit_export,
                          "Send the record to a webhook or a syslog collector from now on.")
        .with_step_up_of_people()
        .with_secret_answer(),
    team_endpoint<get>(Verb::get, "/teams/{team}/audit/streams/{stream}", Permission::audit_export,
                       "One stream."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/audit/streams/{stream}",
                          Permission::audit_export,
                          "Rename it, send it elsewhere, pause it or let it go on.")
        .with_step_up_of_people()
        .with_revision(),
    team_endpoint<remove>(Verb::del, "/teams/{team}/audit/streams/{stream}",
                          Permission::audit_export, "Send nothing there any more.")
        .with_step_up_of_people()
        .with_revision(),
    team_endpoint<test>(Verb::post, "/teams/{team}/audit/streams/{stream}/test",
                        Permission::audit_export,
                        "Send a test message soon; `tested_at` then says how it went."),
};

} // namespace

void pause_stream(api::Call& call, TeamId team, const Stream& stream) {
    const auto paused =
        call.tx.query(sql::audit_log::pause_stream, {{"team_id", team}, {"id", stream.id}});
    if (paused.affected() != 1)
        return;
    call.recorder.add(team, {.action = "audit_stream.pause",
                             .outcome = audit::Outcome::failed,
                             .resource_type = "audit_stream",
                             .resource_id = stream.id,
                             .resource_name = stream.name,
                             .changes = shape::Array{
                                 shape::json_object({{"field", "failure"},
                                                     {"before", nullptr},
                                                     {"after", stream.failure.value_or("")}})}});
}

std::span<const api::Endpoint> stream_endpoints() { return table; }

} // namespace atalaya::audit_log
