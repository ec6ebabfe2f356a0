#include "modules/server/live.hpp"

#include "api/announcements.hpp"
#include "api/event_streams.hpp"
#include "modules/server/server_rows.hpp"
#include "telemetry/store.hpp"
#include "telemetry/usage.hpp"

#include <cmath>

namespace atalaya::server {
namespace {

using shape::Json;
using shape::json_object;

std::string points_event(const telemetry::LivePoint& point) {
    shape::Array values;
    for (std::size_t i = 0; i < point.table.series.size(); ++i) {
        const wire::Series& series = point.table.series[i];
        shape::Object labels;
        for (const wire::Label& label : series.labels)
            labels.push_back({label.name, label.value});
        values.push_back(json_object(
            {{"name", series.name}, {"labels", std::move(labels)}, {"value", point.values[i]}}));
    }
    const Json data = json_object({{"server", to_string(point.server)},
                                   {"time", point.time.us / 1'000'000},
                                   {"values", std::move(values)}});
    return api::event_text("points", shape::write_json(data));
}

std::string server_event(const telemetry::LivePoint& point) {
    const Usage usage =
        to_usage(telemetry::read_usage({point.time.us / 1000, point.table, point.values.data()}));
    const Json data = json_object({{"id", to_string(point.server)},
                                   {"status", "up"},
                                   {"last_seen_at", to_rfc3339(point.time)},
                                   {"usage", shape::to_json(usage)}});
    return api::event_text("server", shape::write_json(data));
}

/// What feeds one stream; goes with it.
struct Feed {
    telemetry::Subscription points;
    std::shared_ptr<void> record;
};

} // namespace

net::Response open_live(api::Call& call) {
    const TeamId team = call.team();
    const auto server = call.query().find_uuid("server");
    if (server)
        get_server(call, ServerId(*server));

    auto stream = std::make_shared<net::Stream>();
    auto feed = std::make_shared<Feed>();
    feed->points = call.services.telemetry.subscribe(
        team, [stream, server](const telemetry::LivePoint& point) {
            stream->send(server_event(point));
            if (server && point.server == *server)
                stream->send(points_event(point));
        });
    if (call.caller().may(access::Permission::audit_read)) {
        feed->record = call.services.announcements.listen(team, [stream](std::int64_t seq) {
            stream->send(api::event_text("audit", shape::write_json(json_object({{"seq", seq}}))));
        });
    }
    stream->send("retry: 2000\n\n");
    call.services.event_streams.add(stream, feed);

    net::Response response;
    response.headers.push_back({"Content-Type", "text/event-stream"});
    response.stream = stream;
    return response;
}

} // namespace atalaya::server
