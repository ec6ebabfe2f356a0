#include "base/text.hpp"
#include "modules/dashboard/grafana_reading.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace atalaya::dashboard {
namespace {

using shape::Json;

constexpr std::size_t expression_length_max = 20'000;
constexpr std::size_t ref_length_max = 20;

constexpr std::array<std::pair<std::string_view, PanelKind>, 12> kinds{{
    {"timeseries", PanelKind::graph},
    {"graph", PanelKind::graph},
    {"stat", PanelKind::stat},
    {"singlestat", PanelKind::stat},
    {"gauge", PanelKind::gauge},
    {"bargauge", PanelKind::bar},
    {"barchart", PanelKind::bar},
    {"table", PanelKind::table},
    {"table-old", PanelKind::table},
    {"text", PanelKind::text},
    {"text2", PanelKind::text},
    {"row", PanelKind::row},
}};

/// What other people read above the panel.
std::string name_of(const Panel& panel, const Json& source) {
    if (!panel.title.empty())
        return panel.title;
    return "panel " + std::to_string(integer_of(source, "id", 0, 2'147'483'647, 0));
}

/// Why a query cannot be taken over; empty when it was.
std::string read_query(const Json& target, const Json& source, const DataSources& sources,
                       PanelQuery& query) {
    const Json& own = member_of(target, "datasource");
    const auto kind =
        sources.find_foreign_kind(own.is_null() ? member_of(source, "datasource") : own);
    if (kind)
        return "It asks a data source of the kind " + *kind + ".";
    const Json& expr = member_of(target, "expr");
    query.expr = text_of(expr, expression_length_max + 1);
    if (query.expr.empty())
        return "It has no PromQL.";
    if (count_code_points(query.expr) > expression_length_max)
        return "It is too long.";
    query.legend = text_of(target, "legendFormat", 500);
    if (query.legend == "__auto")
        query.legend.clear();
    query.instant = flag_of(target, "instant") && !flag_of(target, "range");
    query.hidden = flag_of(target, "hide");
    return "";
}

void convert_queries(const Json& source, const DataSources& sources, Panel& panel,
                     LeftOutList& left_out) {
    std::set<std::string> refs;
    for (const Json& target : elements_of(source, "targets")) {
        PanelQuery query;
        query.ref = text_of(target, "refId", ref_length_max + 1);
        const std::string what = "query " + query.ref;
        std::string why = read_query(target, source, sources, query);
        if (why.empty() && panel.queries.size() == static_cast<std::size_t>(queries_max))
            why = "A panel has at most " + std::to_string(queries_max) + " queries.";
        if (!why.empty()) {
            left_out.add(what, why);
            continue;
        }
        const auto is_free = [&] {
            return query.ref.size() <= ref_length_max && is_query_ref(query.ref) &&
                   !refs.contains(query.ref);
        };
        for (int next = 1; !is_free(); ++next)
            query.ref = "Q" + std::to_string(next);
        refs.insert(query.ref);
        panel.queries.push_back(std::move(query));
    }
}

void convert_text(const Json& source, Panel& panel, LeftOutList& left_out) {
    const Json& options = member_of(source, "options");
    // Until Grafana 7 it stood in the panel itself.
    const Json& from = member_of(options, "content").is_string() ? options : source;
    panel.text = text_of(from, "content", 20'000);
    if (text_of(from, "mode", 20) == "html")
        left_out.add("HTML", "Its source is shown as text.");
}

/// What a panel has besides its queries and its look.
void name_extras(const Json& source, LeftOutList& left_out) {
    const std::string repeated = text_of(source, "repeat", 100);
    if (!repeated.empty())
        left_out.add("repetition by $" + repeated, "The panel stands there once.");
    if (!elements_of(source, "transformations").empty())
        left_out.add("transformations", "What was asked is shown as it is.");
    if (!elements_of(source, "links").empty())
        left_out.add("links", "Panels have none.");
    if (member_of(source, "alert").is_object())
        left_out.add("alert", "Dashboards hold no alert rules.");
    if (!text_of(source, "interval", 40).empty())
        left_out.add("a step of its own", "The page chooses the step.");
    for (const char* shift : {"timeFrom", "timeShift"}) {
        if (!text_of(source, shift, 40).empty())
            left_out.add("a time of its own", "It shows the dashboard's range.");
    }
}

} // namespace

std::optional<Panel> convert_panel(const Json& source, const DataSources& sources,
                                   LeftOutList& left_out) {
    Panel panel;
    panel.title = text_of(source, "title", 200);
    panel.description = text_of(source, "description", 4000);
    left_out.turn_to(name_of(panel, source));
    const std::string kind = text_of(source, "type", 60);
    const auto known = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const auto& entry) { return entry.first == kind; });
    const auto refuse = [&](const std::string& what, std::string why) {
        left_out.add(what, std::move(why));
        return std::nullopt;
    };
    if (member_of(source, "libraryPanel").is_object())
        return refuse("library panel", "What it shows stands elsewhere.");
    if (known == kinds.end())
        return refuse("panel of the kind " + (kind.empty() ? "that it has" : kind),
                      "There is no such kind here.");
    panel.kind = known->second;
    if (panel.kind == PanelKind::row) {
        panel.w = columns;
        panel.h = 1;
        const std::string repeated = text_of(source, "repeat", 100);
        if (!repeated.empty())
            left_out.add("repetition by $" + repeated, "The row stands there once.");
        return panel;
    }
    if (panel.kind == PanelKind::text) {
        convert_text(source, panel, left_out);
    } else {
        convert_queries(source, sources, panel, left_out);
        if (panel.queries.empty() && !elements_of(source, "targets").empty())
            return refuse("panel", "None of its queries can be asked here.");
        convert_look(source, panel, left_out);
    }
    name_extras(source, left_out);
    return panel;
}

} // namespace atalaya::dashboard
