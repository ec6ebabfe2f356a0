#include "modules/ingest/ingest.hpp"

#include "base/log.hpp"
#include "modules/server/server.hpp"
#include "telemetry/store.hpp"

namespace atalaya::ingest {
namespace {

using telemetry::AppendResult;

net::Response acknowledge(wire::TableId table) {
    return api::json_response(200, shape::json_object({{"table", wire::to_hex(table)}}));
}

[[noreturn]] void refuse(const char* field, std::string reason) {
    throw Problem(problems::invalid).at("", field, std::move(reason));
}

/// The server and team are the token's; whatever a frame may claim is not looked at.
net::Response push(api::Call& call) {
    if (call.incoming.request.header("content-type") != wire::push_content_type)
        throw Problem(problems::unsupported_media)
            .detail("Send " + std::string(wire::push_content_type) + ".");
    const BytesView bytes = as_bytes(call.incoming.request.body);
    auto parsed = wire::parse_push(bytes);
    if (!parsed)
        refuse("frame", parsed.error().reason);
    const auto frame = std::make_shared<const wire::Push>(std::move(*parsed));
    const ServerId server = call.caller().server;
    const telemetry::Appended done = call.services.telemetry.append(
        call.tx, server, {*frame, bytes, [&] { return server::get_server(call, server).name; }});
    switch (done.result) {
    case AppendResult::unknown_table:
        throw Problem(problems::series_unknown);
    case AppendResult::wrong_table:
        refuse("table", "The series table does not belong to this frame.");
    case AppendResult::too_wide:
        refuse("table", "The server has as many active series as one may have.");
    case AppendResult::rejected_time:
        refuse("time", "A tick lies in the future: set the clock.");
    case AppendResult::too_old:
        log::warning("push too old", {{"server", to_string(server)}});
        return acknowledge(frame->table);
    case AppendResult::stored:
        break;
    }
    server::put_report(call, server, call.services.clock.now(), *frame);
    call.after_commit(
        [&store = call.services.telemetry, frame, done] { store.publish(*frame, done); });
    return acknowledge(frame->table);
}

constexpr std::array table{
    api::endpoint<push>(api::Verb::post, "/agent/v1/push", api::Audience::agent, std::nullopt,
                        "One frame of an agent's metrics; acknowledged when it is durable."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::ingest
