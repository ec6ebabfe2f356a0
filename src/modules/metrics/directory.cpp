#include "modules/metrics/directory.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "modules/metrics/answer.hpp"
#include "modules/metrics/inputs.hpp"
#include "shape/json.hpp"
#include "telemetry/series_store.hpp"

#include <set>

namespace atalaya::metrics {
namespace {

using Texts = std::set<std::string, std::less<>>;

/// Series that any of the conditions accept; all, where there are none.
void list(api::Call& call, const Inputs& inputs, const std::function<void(const Labels&)>& use) {
    auto wanted = inputs.matchers();
    if (wanted.empty())
        wanted.emplace_back();
    for (const promql::Matchers& matchers : wanted)
        call.services.metrics.list(
            call.tx, matchers, inputs.range(),
            [&](const telemetry::ListedSeries& series) { use(*series.labels); });
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

net::Response answer_texts(const Texts& texts, std::size_t limit) {
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
    std::set<Labels> found;
    list(call, inputs, [&](const Labels& labels) { found.insert(labels); });
    return answer_list(found, limit, append_labels);
}

net::Response list_labels(api::Call& call) {
    const Inputs inputs(call);
    const std::size_t limit = inputs.limit();
    Texts found;
    list(call, inputs, [&](const Labels& labels) {
        for (const Label& label : labels) {
            if (!found.contains(label.name))
                found.insert(label.name);
        }
    });
    return answer_texts(found, limit);
}

net::Response list_label_values(api::Call& call) {
    const Inputs inputs(call);
    const std::size_t limit = inputs.limit();
    const std::string& given = call.path().text("name");
    const auto name = unescape_label_name(given);
    if (!name || name->empty() || !is_utf8(*name))
        throw Problem(problems::bad_request).detail("invalid label name: \"" + given + "\"");
    Texts found;
    list(call, inputs, [&](const Labels& labels) {
        const std::string_view value = label_value(labels, *name);
        if (!value.empty() && !found.contains(value))
            found.emplace(value);
    });
    return answer_texts(found, limit);
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
