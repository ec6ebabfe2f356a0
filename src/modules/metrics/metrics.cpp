#include "modules/metrics/metrics.hpp"

#include "modules/metrics/directory.hpp"
#include "modules/metrics/export.hpp"
#include "modules/metrics/otlp_write.hpp"
#include "modules/metrics/queries.hpp"
#include "modules/metrics/remote_write.hpp"
#include "modules/metrics/usage.hpp"

namespace atalaya::metrics {
namespace {

using access::Permission;
using api::Verb;

/// Clients add what they like to the address: Grafana the name of a dashboard, say.
template <auto function>
constexpr api::Endpoint ask(Verb verb, std::string_view path, std::string_view summary) {
    const api::Endpoint endpoint = api::endpoint<function>(verb, path, api::Audience::team_key,
                                                           Permission::metrics_read, summary);
    return endpoint.as_question().with_any_query().with_lanes().with_dialect(
        api::Dialect::prometheus);
}

constexpr std::string_view query_words = "The value of a PromQL expression at one time.";
constexpr std::string_view range_words = "The values of a PromQL expression over a range of time.";
constexpr std::string_view series_words = "The series that match.";
constexpr std::string_view labels_words = "The names of labels.";
constexpr std::string_view exemplars_words = "Exemplars: none are kept.";
constexpr std::string_view format_words = "A PromQL expression, laid out.";

constexpr std::array table{
    api::endpoint<write>(Verb::post, "/prometheus/api/v1/write", api::Audience::team_key,
                         Permission::metrics_write,
                         "Samples by Prometheus' remote write 1.0; acknowledged when durable.")
        .without_repetition()
        .with_lanes()
        .with_answer(204, "")
        .with_any_query()
        .with_dialect(api::Dialect::prometheus),
    api::endpoint<write_otlp>(Verb::post, "/otlp/v1/metrics", api::Audience::team_key,
                              Permission::metrics_write,
                              "Metrics by OTLP over HTTP; acknowledged when durable.")
        .without_repetition()
        .with_lanes(api::Lanes::one) // what is added goes on from what was added before
        .with_any_query(),
    ask<query>(Verb::get, "/prometheus/api/v1/query", query_words),
    ask<query>(Verb::post, "/prometheus/api/v1/query", query_words),
    ask<query_range>(Verb::get, "/prometheus/api/v1/query_range", range_words),
    ask<query_range>(Verb::post, "/prometheus/api/v1/query_range", range_words),
    ask<list_series>(Verb::get, "/prometheus/api/v1/series", series_words),
    ask<list_series>(Verb::post, "/prometheus/api/v1/series", series_words),
    ask<list_labels>(Verb::get, "/prometheus/api/v1/labels", labels_words),
    ask<list_labels>(Verb::post, "/prometheus/api/v1/labels", labels_words),
    ask<list_label_values>(Verb::get, "/prometheus/api/v1/label/{name}/values",
                           "The values of a label."),
    ask<list_exemplars>(Verb::get, "/prometheus/api/v1/query_exemplars", exemplars_words),
    ask<list_exemplars>(Verb::post, "/prometheus/api/v1/query_exemplars", exemplars_words),
    ask<format_query>(Verb::get, "/prometheus/api/v1/format_query", format_words),
    ask<format_query>(Verb::post, "/prometheus/api/v1/format_query", format_words),
    ask<list_metadata>(Verb::get, "/prometheus/api/v1/metadata",
                       "What metrics mean: remote write does not say."),
    ask<list_rules>(Verb::get, "/prometheus/api/v1/rules", "Rules: none are run here."),
    ask<list_alerts>(Verb::get, "/prometheus/api/v1/alerts", "Alerts of rules: none."),
    ask<get_tsdb_status>(Verb::get, "/prometheus/api/v1/status/tsdb",
                         "Where series come from: the metrics, labels and values with the most."),
    ask<get_build>(Verb::get, "/prometheus/api/v1/status/buildinfo",
                   "What this is, for clients that choose by it what they ask."),
};

constexpr api::Parameter match{"match[]", "A selector of series.", api::ParameterKind::text, true};
constexpr api::Parameter start{"start", "RFC 3339, or seconds since 1970."};
constexpr api::Parameter end{"end", "RFC 3339, or seconds since 1970."};
constexpr api::Parameter limit{"limit", "How many may be listed.", api::ParameterKind::integer};
constexpr api::Parameter expression{"query", "A PromQL expression."};
constexpr api::Parameter timeout{"timeout", "How long it may take: 5s."};
constexpr api::Parameter stats{"stats", "Not empty: what the query cost comes along."};
constexpr api::Parameter moment{"time", "RFC 3339, or seconds since 1970; now if not given."};
constexpr api::Parameter step{"step", "Between two values: 30s, or seconds."};

constexpr std::array query_parameters{expression, moment, timeout, limit, stats};
constexpr std::array range_parameters{expression, start, end, step, timeout, limit, stats};
constexpr std::array usage_parameters{
    api::Parameter{"limit", "How many metrics, labels and values are named; 10 if not given.",
                   api::ParameterKind::integer}};
constexpr std::array export_parameters{
    api::Parameter{"format", "`json`, `csv` (RFC 4180) or `openmetrics`."}, match, start, end};
constexpr std::array directory_parameters{match, start, end, limit};

template <auto function>
constexpr api::Endpoint ask_in_team(std::string_view path,
                                    std::span<const api::Parameter> parameters,
                                    std::string_view summary) {
    return api::team_endpoint<function>(Verb::get, path, Permission::metrics_read, summary)
        .with_lanes()
        .with_parameters(parameters);
}

constexpr std::array team_table{
    ask_in_team<query>("/teams/{team}/metrics/query", query_parameters, query_words),
    ask_in_team<query_range>("/teams/{team}/metrics/query_range", range_parameters, range_words),
    ask_in_team<list_series>("/teams/{team}/metrics/series", directory_parameters, series_words),
    ask_in_team<list_labels>("/teams/{team}/metrics/labels", directory_parameters, labels_words),
    ask_in_team<list_label_values>("/teams/{team}/metrics/labels/{name}/values",
                                   directory_parameters, "The values of a label."),
    ask_in_team<get_usage>("/teams/{team}/metrics/usage", usage_parameters,
                           "How much is measured, and where the series come from."),
    api::team_endpoint<start_export>(Verb::get, "/teams/{team}/metrics/export",
                                     Permission::metrics_read,
                                     "All samples of a range as a file, however many: as a table, "
                                     "as the answer to a range selector, or as OpenMetrics.")
        .with_answer(200, "application/json")
        .with_parameters(export_parameters),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }
std::span<const api::Endpoint> team_endpoints() { return team_table; }

} // namespace atalaya::metrics
