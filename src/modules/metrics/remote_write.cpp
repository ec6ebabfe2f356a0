#include "modules/metrics/remote_write.hpp"

#include "api/problem_response.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "wire/remote_write.hpp"

#include <algorithm>

namespace atalaya::metrics {
namespace {

using telemetry::Refusal;

/// The number of active series falls when some have not been written to for long.
constexpr int series_retry_s = 60;

void check_media(const net::Request& request) {
    const auto parts = split(request.header("content-type"), ';');
    if (!equal_ignoring_case(trim(parts.front()), "application/x-protobuf"))
        throw Problem(problems::unsupported_media).detail("Send application/x-protobuf.");
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = trim(parts[i]);
        if (part.starts_with("proto=") && part != "proto=prometheus.WriteRequest")
            throw Problem(problems::unsupported_media)
                .detail("Remote write 2.0 is not supported. Send version 1.0, whose message is "
                        "prometheus.WriteRequest.");
    }
    if (!equal_ignoring_case(request.header("content-encoding"), "snappy"))
        throw Problem(problems::unsupported_media).detail("Send Content-Encoding: snappy.");
}

std::size_t refused(const telemetry::Written& written, Refusal why) {
    return written.refused[static_cast<std::size_t>(why)];
}

} // namespace

bool is_at_series_limit(const telemetry::Written& written) {
    return refused(written, Refusal::too_many_series) > 0;
}

std::string describe_refusals(const telemetry::Written& written) {
    std::string out;
    for (const auto& [why, words] :
         {std::pair{Refusal::bad_labels, "with labels that cannot be taken"},
          std::pair{Refusal::too_old, "too old"},
          std::pair{Refusal::too_new, "too far in the future"},
          std::pair{Refusal::too_many_series, "of more series than the team may have"}}) {
        if (const std::size_t count = refused(written, why); count > 0)
            out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + words;
    }
    if (out.empty())
        return out;
    out = "samples refused: " + out;
    if (!written.first_refusal.empty())
        out += ". The first: " + written.first_refusal;
    return out;
}

net::Response answer_write(const api::Call& call, const telemetry::Written& written,
                           const std::string& not_kept) {
    std::string detail = describe_refusals(written);
    if (!not_kept.empty())
        detail += (detail.empty() ? "" : ". ") + not_kept;
    if (detail.empty()) {
        net::Response response;
        response.status = 204;
        return response;
    }
    const bool may_pass = is_at_series_limit(written);
    Problem problem(may_pass ? problems::too_many_requests : problems::bad_request);
    problem.detail(detail + ". " + std::to_string(written.samples) + " were taken.");
    if (may_pass)
        problem.retry_after(series_retry_s);
    return api::problem_response(problem, call.caller().request_id, api::Dialect::prometheus);
}

net::Response write(api::Call& call) {
    const net::Request& request = call.incoming.request;
    check_media(request);
    const BytesView body = as_bytes(request.body);
    if (wire::find_unpacked_size(body).value_or(0) > wire::remote_write_bytes_max)
        throw Problem(problems::too_large).detail("The body unpacks to more than 16 MiB.");
    const auto parsed = wire::parse_remote_write(body);
    if (!parsed)
        throw Problem(problems::bad_request).detail(parsed.error().reason);
    const telemetry::Written written = call.services.metrics.append(call.tx, parsed->series());
    call.after_commit([&store = call.services.metrics, team = call.tx.scope().team, written] {
        store.publish(team, written);
    });
    const std::string histograms =
        parsed->histograms() == 0
            ? ""
            : std::to_string(parsed->histograms()) +
                  " native histograms are not kept: native histograms are not supported";
    return answer_write(call, written, histograms);
}

} // namespace atalaya::metrics
