#include "modules/metrics/otlp_write.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "modules/metrics/otlp_deltas.hpp"
#include "modules/metrics/otlp_json.hpp"
#include "modules/metrics/otlp_series.hpp"
#include "modules/metrics/remote_write.hpp"
#include "shape/json.hpp"
#include "wire/gzip.hpp"
#include "wire/otlp.hpp"

namespace atalaya::metrics {
namespace {

enum class Form { protobuf, json };

Form find_form(const net::Request& request) {
    std::string_view type = request.header("content-type");
    type = trim(type.substr(0, type.find(';')));
    if (equal_ignoring_case(type, "application/x-protobuf"))
        return Form::protobuf;
    if (equal_ignoring_case(type, "application/json"))
        return Form::json;
    throw Problem(problems::unsupported_media)
        .detail("Send application/x-protobuf or application/json.");
}

std::vector<wire::OtlpResource> read_request(const net::Request& request, Form form) {
    Bytes unpacked;
    std::string_view message = request.body;
    const std::string_view encoding = request.header("content-encoding");
    if (equal_ignoring_case(encoding, "gzip")) {
        // A tree of JSON takes many times the memory of its text.
        const std::size_t bytes_max =
            form == Form::json ? wire::otlp_bytes_max / 4 : wire::otlp_bytes_max;
        auto result = wire::unpack_gzip(as_bytes(request.body), bytes_max);
        if (!result)
            throw Problem(problems::bad_request).detail(result.error().reason);
        unpacked = std::move(*result);
        message = as_text(unpacked);
    } else if (!encoding.empty() && !equal_ignoring_case(encoding, "identity")) {
        throw Problem(problems::unsupported_media).detail("Pack it with gzip, or not at all.");
    }
    auto parsed =
        form == Form::json ? parse_otlp_json(message) : wire::parse_otlp_metrics(as_bytes(message));
    if (!parsed)
        throw Problem(problems::bad_request).detail(parsed.error().reason);
    return std::move(*parsed);
}

telemetry::Written store(api::Call& call, const std::vector<OtlpSample>& samples) {
    std::vector<LabelView> labels;
    std::size_t count = 0;
    for (const OtlpSample& each : samples)
        count += each.labels.size();
    labels.reserve(count); // the spans below point into it
    std::vector<SeriesWrite> writes;
    for (const OtlpSample& each : samples) {
        const std::size_t begin = labels.size();
        for (const Label& label : each.labels)
            labels.push_back({label.name, label.value});
        writes.push_back({std::span(labels).subspan(begin), std::span(&each.sample, 1)});
    }
    telemetry::Written written = call.services.metrics.append(call.tx, writes);
    call.after_commit([&store = call.services.metrics, team = call.tx.scope().team, written] {
        store.publish(team, written);
    });
    return written;
}

void append_message(Bytes& out, std::uint8_t number, BytesView content) {
    const Bytes head =
        std::move(Writer().u8(static_cast<std::uint8_t>(number << 3 | 2)).varint(content.size()))
            .take();
    out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), content.begin(), content.end());
}

/// ExportMetricsServiceResponse, with a partial success when something was refused.
net::Response answer(Form form, std::size_t rejected, const std::string& why) {
    net::Response response;
    if (form == Form::json) {
        shape::Json body{shape::Object{}};
        if (rejected > 0)
            body.set("partialSuccess",
                     shape::json_object({{"rejectedDataPoints", std::to_string(rejected)},
                                         {"errorMessage", why}}));
        response.headers.push_back({"Content-Type", "application/json"});
        response.body = shape::write_json(body);
        return response;
    }
    response.headers.push_back({"Content-Type", "application/x-protobuf"});
    if (rejected > 0) {
        Bytes partial = std::move(Writer().u8(1 << 3).varint(rejected)).take();
        append_message(partial, 2, as_bytes(why));
        Bytes body;
        append_message(body, 1, partial);
        response.body = std::string(as_text(body));
    }
    return response;
}

} // namespace

net::Response write_otlp(api::Call& call) {
    const Form form = find_form(call.incoming.request);
    OtlpSamples made = make_samples(read_request(call.incoming.request, form));
    add_up(call.tx, call.services.metrics, made.samples);
    const telemetry::Written written = store(call, made.samples);
    if (is_at_series_limit(written))
        return answer_write(call, written, made.first_refusal);
    std::size_t rejected = made.refused_points;
    for (const std::size_t refused : written.refused)
        rejected += refused;
    std::string why = made.first_refusal;
    if (const std::string refusals = describe_refusals(written); !refusals.empty())
        why += (why.empty() ? "" : ". ") + refusals;
    return answer(form, rejected, why);
}

} // namespace atalaya::metrics
