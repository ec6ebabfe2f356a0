#include "modules/dashboard/grafana.hpp"

#include "base/text.hpp"
#include "modules/dashboard/grafana_reading.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

#include <algorithm>

namespace atalaya::dashboard {
namespace {

using shape::Array;
using shape::field;
using shape::Json;

constexpr std::int64_t grafana_columns = 24;
constexpr std::int64_t rows_max = 50'000;
constexpr std::int64_t default_height = 8;

constexpr std::array left_out_fields{
    field<&LeftOut::panel>("panel", "Its title; empty: of the dashboard as a whole."),
    field<&LeftOut::what>("what", "What is lacking."),
    field<&LeftOut::why>("why", "Why, in plain words."),
};
static_assert(shape::names_every_member<LeftOut>(left_out_fields));

/// Lays panels out in the order of the document.
class Layout {
  public:
    Layout(const DataSources& sources, LeftOutList& left_out)
        : sources_(sources), left_out_(left_out) {}

    void add_all(const Array& panels) {
        for (const Json* source : in_reading_order(panels)) {
            const std::int64_t top = y_of(*source) + shift_;
            add(*source, top);
            const Array& folded = elements_of(*source, "panels");
            if (text_of(*source, "type", 60) == "row" && !folded.empty())
                unfold(folded, top);
        }
    }
    /// Until Grafana 5 panels stood in rows and had a width alone.
    void add_old_rows(const Array& rows) {
        for (const Json& row : rows) {
            if (flag_of(row, "showTitle")) {
                const Json heading =
                    shape::json_object({{"type", "row"}, {"title", member_of(row, "title")}});
                add(heading, bottom_);
            }
            std::int64_t x = 0;
            std::int64_t top = bottom_;
            for (const Json& source : elements_of(row, "panels")) {
                const std::int64_t width = integer_of(source, "span", 1, columns, columns);
                if (x + width > columns) {
                    x = 0;
                    top = bottom_;
                }
                place(source, x, top, width, default_height);
                x += width;
            }
        }
    }
    std::vector<Panel> take() && { return std::move(panels_); }

  private:
    static std::int64_t y_of(const Json& source) {
        return integer_of(member_of(source, "gridPos"), "y", 0, rows_max, 0);
    }
    static std::vector<const Json*> in_reading_order(const Array& panels) {
        std::vector<const Json*> out;
        for (const Json& panel : panels)
            out.push_back(&panel);
        std::stable_sort(out.begin(), out.end(), [](const Json* left, const Json* right) {
            return y_of(*left) < y_of(*right);
        });
        return out;
    }
    /// The panels of a collapsed row come to stand under it, and push down what follows: the page
    /// has no folded ones.
    void unfold(const Array& folded, std::int64_t row_top) {
        const auto sources = in_reading_order(folded);
        const std::int64_t first = y_of(*sources.front());
        const std::int64_t before = bottom_;
        for (const Json* source : sources)
            add(*source, row_top + 1 + y_of(*source) - first);
        shift_ = std::min(shift_ + std::max<std::int64_t>(bottom_ - before, 0), rows_max);
    }
    /// A grid of 24 columns becomes one of 12; edges that met still meet.
    void add(const Json& source, std::int64_t top) {
        const Json& grid = member_of(source, "gridPos");
        const std::int64_t left = integer_of(grid, "x", 0, grafana_columns - 1, 0);
        const std::int64_t width = integer_of(grid, "w", 1, grafana_columns, grafana_columns);
        const std::int64_t right = std::min(left + width, grafana_columns);
        place(source, left / 2, top, std::max<std::int64_t>(right / 2 - left / 2, 1),
              integer_of(grid, "h", 1, 200, default_height));
    }
    void place(const Json& source, std::int64_t x, std::int64_t y, std::int64_t width,
               std::int64_t height) {
        auto panel = convert_panel(source, sources_, left_out_);
        if (!panel)
            return;
        if (panels_.size() == static_cast<std::size_t>(panels_max)) {
            left_out_.add("panel",
                          "A dashboard has at most " + std::to_string(panels_max) + " panels.");
            return;
        }
        panel->id = static_cast<std::int64_t>(panels_.size()) + 1;
        panel->y = std::min(y, 2 * rows_max);
        if (panel->kind != PanelKind::row) {
            panel->x = x;
            panel->w = width;
            panel->h = height;
        }
        bottom_ = std::max(bottom_, panel->y + panel->h);
        panels_.push_back(std::move(*panel));
    }

    const DataSources& sources_;
    LeftOutList& left_out_;
    std::vector<Panel> panels_;
    std::int64_t bottom_ = 0;
    std::int64_t shift_ = 0;
};

/// The dashboard itself, out of what Grafana's API and its files wrap around it.
const Json& unwrap(const Json& document) {
    const Json& wrapped = member_of(document, "dashboard");
    if (wrapped.is_object())
        return wrapped;
    const Json& spec = member_of(document, "spec");
    return spec.is_object() && member_of(document, "apiVersion").is_string() ? spec : document;
}

void convert_range(const Json& dashboard, Body& body) {
    const Json& time = member_of(dashboard, "time");
    const std::string from = text_of(time, "from", 64);
    const std::string to = text_of(time, "to", 64);
    if (is_moment(from) && is_moment(to))
        body.range = {from, to};
}

/// `30s`, `5m`, `1h`, `1d`.
std::int64_t refresh_of(const Json& dashboard) {
    const std::string text = text_of(dashboard, "refresh", 20);
    if (text.empty())
        return 0;
    const auto count = parse_integer(std::string_view(text).substr(0, text.size() - 1));
    const std::int64_t unit = text.back() == 's'   ? 1
                              : text.back() == 'm' ? 60
                              : text.back() == 'h' ? 3600
                              : text.back() == 'd' ? 86'400
                                                   : 0;
    if (!count || *count < 1 || *count > 86'400 || unit == 0)
        return 0;
    return std::clamp<std::int64_t>(*count * unit, 5, 86'400);
}

void name_extras(const Json& dashboard, LeftOutList& left_out) {
    left_out.turn_to("");
    for (const Json& annotation : elements_of(member_of(dashboard, "annotations"), "list")) {
        if (!number_of(annotation, "builtIn"))
            left_out.add("annotations " + text_of(annotation, "name", 100),
                         "Dashboards have no annotations.");
    }
    const std::string zone = text_of(dashboard, "timezone", 60);
    if (!zone.empty() && zone != "browser")
        left_out.add("time zone " + zone, "The page shows the reader's own.");
    if (!elements_of(dashboard, "links").empty())
        left_out.add("links", "Dashboards have none.");
    if (!elements_of(dashboard, "tags").empty())
        left_out.add("tags", "Dashboards have none.");
}

} // namespace

Result<Conversion> convert_grafana(const Json& document) {
    const Json& dashboard = unwrap(document);
    if (!dashboard.is_object())
        return ParseError{"not an object"};
    if (member_of(dashboard, "elements").is_object())
        return ParseError{"in Grafana's newer form (v2); export it in the classic form"};
    const bool has_panels = member_of(dashboard, "panels").is_array();
    const bool has_rows = member_of(dashboard, "rows").is_array();
    if (!has_panels && !has_rows)
        return ParseError{"without a list of panels"};

    Conversion out;
    LeftOutList left_out;
    const DataSources sources(dashboard);
    out.content.name = text_of(dashboard, "title", 120);
    if (out.content.name.empty())
        out.content.name = "Imported dashboard";
    const std::string description = text_of(dashboard, "description", 4000);
    if (!description.empty())
        out.content.description = description;
    Body& body = out.content.body;
    convert_range(dashboard, body);
    body.refresh_s = refresh_of(dashboard);
    convert_variables(dashboard, sources, body, left_out);
    name_extras(dashboard, left_out);
    Layout layout(sources, left_out);
    layout.add_all(elements_of(dashboard, "panels"));
    layout.add_old_rows(elements_of(dashboard, "rows"));
    body.panels = std::move(layout).take();
    if (shape::write_json(shape::to_json(body)).size() > body_bytes_max)
        return ParseError{"too large: what it shows has more than 256 KiB"};
    out.left_out = std::move(left_out).take();
    return out;
}

} // namespace atalaya::dashboard

namespace atalaya::shape {
const Shape Described<dashboard::LeftOut>::shape{"DashboardLeftOut", dashboard::left_out_fields};
} // namespace atalaya::shape
