#include "modules/ingest/ingest.hpp"

#include "base/log.hpp"
#include "modules/server/server.hpp"
#include "telemetry/store.hpp"

namespace atalaya::ingest {
namespace {

using telemetry::AppendResult;

net::Response acknowledge(const wire::Push& push) {
    return api::json_response(200, shape::json_object({{"table", wire::to_hex(push.table)}}));
}

/// The server and team are the token's; whatever a frame may claim is not looked at.
net::Response push(api::Call& call) {
    if (call.incoming.request.header("content-type") != wire::push_content_type)
        throw Problem(problems::unsupported_media)
            .detail("Send " + std::string(wire::push_content_type) + ".");
    auto parsed = wire::parse_push(as_bytes(call.incoming.request.body));
    if (!parsed)
        throw Problem(problems::invalid).at("", "frame", parsed.error().reason);
    const wire::Push& frame = *parsed;
    const ServerId server = call.caller().server;
    const TeamId team = call.tx.scope().team;
    const telemetry::Appended done = call.services.telemetry.append(call.tx, server, frame);
    switch (done.result) {
    case AppendResult::unknown_table:
        throw Problem(problems::series_unknown);
    case AppendResult::wrong_table:
        throw Problem(problems::invalid)
            .at("", "table", "The series table does not belong to this frame.");
    case AppendResult::rejected_time:
        throw Problem(problems::invalid)
            .at("", "time", "A tick lies in the future: set the clock.");
    case AppendResult::too_old:
        log::warning("push too old", {{"server", to_string(server)}});
        return acknowledge(frame);
    case AppendResult::duplicate:
        return acknowledge(frame);
    case AppendResult::stored:
        break;
    }
    server::put_report(call, server, call.services.clock.now(), frame);
    call.after_commit([&store = call.services.telemetry, team, server, frame, done] {
        store.publish(team, server, frame, done);
    });
    return acknowledge(frame);
}

constexpr std::array table{
    api::endpoint<push>(api::Verb::post, "/agent/v1/push", api::Audience::agent, std::nullopt,
                        "One frame of an agent's metrics; acknowledged when it is durable."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::ingest
