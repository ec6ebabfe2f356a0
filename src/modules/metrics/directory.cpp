#include "modules/metrics/directory.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "modules/metrics/answer.hpp"
#include "modules/metrics/inputs.hpp"
#include "shape/json.hpp"
#include "telemetry/series_store.hpp"

#include <algorithm>
#include <utility>

namespace atalaya::metrics {
namespace {

/// What series must be for being meant: one of these; all are, where there are none.
std::vector<promql::Matchers> get_selectors(const Inputs& inputs) {
    auto wanted = inputs.matchers();
    if (wanted.empty())
        wanted.emplace_back();
    return wanted;
}

/// `items` is anything in order; `append` writes one of them.
template <class Items, class Append>
net::Response answer_list(const Items& items, std::size_t limit, const Append& append) {
    std::vector<std::string> warnings;
    std::string data = "[";
    std::size_t count = 0;
    for (const auto& item : items) {
        if (limit > 0 && count == limit) {
            warnings.push_back("results truncated due to limit");
            break;
        }
        if (count++ > 0)
            data += ',';
        append(data, item);
    }
    data += ']';
    return make_answer(data, warnings);
}

/// The texts that `find` gives for any of the selectors.
template <class Find>
net::Response answer_texts(const Inputs& inputs, const Find& find) {
    const std::size_t limit = inputs.limit();
    std::vector<std::string> texts;
    for (const promql::Matchers& matchers : get_selectors(inputs)) {
        for (std::string& text : find(matchers))
            texts.push_back(std::move(text));
    }
    std::ranges::sort(texts);
    texts.erase(std::ranges::unique(texts).begin(), texts.end());
    return answer_list(texts, limit, [](std::string& out, const std::string& text) {
        shape::append_json_string(out, text);
    });
}

} // namespace

net::Response list_series(api::Call& call) {
    const Inputs inputs(call);
    const std::size_t limit = inputs.limit();
    if (inputs.matchers().empty())
        throw Problem(problems::bad_request).detail("no match[] parameter provided");
    std::vector<telemetry::LabelsPtr> found;
    for (const promql::Matchers& matchers : get_selectors(inputs))
        call.services.metrics.list(
            call.tx, matchers, inputs.range(),
            [&](const telemetry::ListedSeries& series) { found.push_back(series.labels); });
    const auto labels = [](const telemetry::LabelsPtr& each) -> const Labels& { return *each; };
    std::ranges::sort(found, {}, labels);
    found.erase(std::ranges::unique(found, {}, labels).begin(), found.end());
    return answer_list(found, limit, [](std::string& out, const telemetry::LabelsPtr& each) {
        append_labels(out, *each);
    });
}

net::Response list_labels(api::Call& call) {
    const Inputs inputs(call);
    return answer_texts(inputs, [&](const promql::Matchers& matchers) {
        return call.services.metrics.list_labels(call.tx, matchers, inputs.range());
    });
}

net::Response list_label_values(api::Call& call) {
    const Inputs inputs(call);
    const std::string& given = call.path().text("name");
    const auto name = unescape_label_name(given);
    if (!name || name->empty() || !is_utf8(*name))
        throw Problem(problems::bad_request).detail("invalid label name: \"" + given + "\"");
    return answer_texts(inputs, [&](const promql::Matchers& matchers) {
        return call.services.metrics.list_values(call.tx, *name, matchers, inputs.range());
    });
}

net::Response list_rules(api::Call&) { return make_answer(R"({"groups":[]})"); }
net::Response list_alerts(api::Call&) { return make_answer(R"({"alerts":[]})"); }
net::Response list_metadata(api::Call&) { return make_answer("{}"); }
net::Response list_exemplars(api::Call&) { return make_answer("[]"); }

/// The version is that of the language and the interface: clients choose by it what they ask for.
net::Response get_build(api::Call&) {
    return make_answer(R"({"version":"3.0.0","revision":"atalaya-)" ATALAYA_VERSION
                       R"(","branch":"","buildUser":"","buildDate":"","goVersion":"",)"
                       R"("application":"Atalaya"})");
}

} // namespace atalaya::metrics
