#include "modules/dashboard/body.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

#include <algorithm>
#include <set>

namespace atalaya::dashboard {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;
using shape::range;

constexpr std::int64_t refresh_s_least = 5;

constexpr std::array range_fields{
    field<&Range::from>("from", "`now-1h`, `now-1d/d`, or a time as in RFC 3339.", length(1, 64)),
    field<&Range::to>("to", "The same; `now`.", length(1, 64)),
};
static_assert(names_every_member<Range>(range_fields));

constexpr std::array variable_fields{
    field<&Variable::name>("name", "As queries say it after a `$`; unique in the dashboard.",
                           length(1, 60)),
    field<&Variable::label>("label", "What the page calls it; empty: its name.", length(0, 120)),
    field<&Variable::kind>("kind", "label_values: of the series that match; list: of `options`; "
                                   "text: whatever is typed."),
    field<&Variable::match>("match", "Of label_values: which series; empty: all.", length(0, 4000)),
    field<&Variable::values_of>("values_of", "Of label_values: which label.", length(0, 200)),
    field<&Variable::options>("options", "Of list: what can be chosen.", length(0, values_max)),
    field<&Variable::many>("many", "Several may be chosen at once."),
    field<&Variable::all>("all", "`All` may be chosen."),
    field<&Variable::chosen>("chosen", "What is chosen at first; empty: the page decides.",
                             length(0, values_max)),
};
static_assert(names_every_member<Variable>(variable_fields));

constexpr std::array threshold_fields{
    field<&Threshold::from>("from", "From this value on."),
    field<&Threshold::tone>("tone", "good, warn or bad."),
};
static_assert(names_every_member<Threshold>(threshold_fields));

constexpr std::array query_fields{
    field<&PanelQuery::ref>("ref", "Letters, digits and `_`; unique in the panel.", length(1, 20)),
    field<&PanelQuery::expr>("expr", "PromQL, with variables.", length(0, 20'000)),
    field<&PanelQuery::legend>("legend",
                               "What a series is called: `{{label}}` stands for its "
                               "value; empty: all its labels.",
                               length(0, 500)),
    field<&PanelQuery::instant>("instant", "Asked for the end of the range alone."),
    field<&PanelQuery::hidden>("hidden", "Kept and not asked."),
};
static_assert(names_every_member<PanelQuery>(query_fields));

constexpr std::array panel_fields{
    field<&Panel::id>("id", "Unique in the dashboard, and the panel's for ever.",
                      range(1, 2'147'483'647)),
    field<&Panel::title>("title", "Above the panel.", length(0, 200)),
    field<&Panel::description>("description", "What it means.", length(0, 4000)),
    field<&Panel::kind>("kind", "How it is drawn; a row is a heading."),
    field<&Panel::x>("x", "Left edge in the grid of 12 columns.", range(0, columns - 1)),
    field<&Panel::y>("y", "Upper edge, in rows of 40 pixels.", range(0, 100'000)),
    field<&Panel::w>("w", "Columns.", range(1, columns)),
    field<&Panel::h>("h", "Rows.", range(1, 200)),
    field<&Panel::unit>("unit", "Of the values; empty: plain numbers."),
    field<&Panel::decimals>("decimals", "Shown digits behind the point; null: as many as help.",
                            range(0, 6)),
    field<&Panel::min>("min", "Least value of the axis; null: of what is shown."),
    field<&Panel::max>("max", "Greatest value of the axis; null: of what is shown."),
    field<&Panel::stacked>("stacked", "Series lie on one another."),
    field<&Panel::legend>("legend", "How series are named below."),
    field<&Panel::thresholds>("thresholds", "What values mean.", length(0, thresholds_max)),
    field<&Panel::queries>("queries", "What is asked.", length(0, queries_max)),
    field<&Panel::text>("text", "Of the kind text.", length(0, 20'000)),
};
static_assert(names_every_member<Panel>(panel_fields));

constexpr std::array body_fields{
    field<&Body::range>("range", "The time that it shows at first."),
    field<&Body::refresh_s>("refresh_s", "It is asked anew so often; 0: never by itself.",
                            range(0, 86'400)),
    field<&Body::variables>("variables", "In the order in which they are chosen.",
                            length(0, variables_max)),
    field<&Body::panels>("panels", "In any order; the page compacts them upwards.",
                         length(0, panels_max)),
};
static_assert(names_every_member<Body>(body_fields));

constexpr std::array content_fields{
    field<&Content::name>("name", "Shown in lists.", length(1, 120)),
    field<&Content::description>("description", "What it is for.", length(0, 4000)),
    field<&Content::body>("body", "What it shows."),
};
static_assert(names_every_member<Content>(content_fields));

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_span_unit(char c) { return std::string_view("smhdwMy").find(c) != std::string_view::npos; }

/// Collects what is wrong with a body; `at` is relative to it.
class Faults {
  public:
    void add(const std::string& at, std::string code, std::string detail) {
        found_.push_back({"/body" + at, std::move(code), std::move(detail)});
    }
    std::vector<Violation> take() { return std::move(found_); }

  private:
    std::vector<Violation> found_;
};

void check_variables(const std::vector<Variable>& variables, Faults& faults) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const Variable& variable = variables[i];
        const std::string at = "/variables/" + std::to_string(i);
        if (!is_variable_name(variable.name)) {
            faults.add(at + "/name", "name",
                       "A letter or _ is wanted, then letters, digits and _.");
        } else if (!names.insert(variable.name).second) {
            faults.add(at + "/name", "taken", "Another variable has this name.");
        }
        if (variable.kind == VariableKind::label_values && variable.values_of.empty())
            faults.add(at + "/values_of", "empty", "Say of which label the values are.");
        if (variable.chosen.size() > 1 && !variable.many)
            faults.add(at + "/chosen", "count", "Only one value may be chosen.");
    }
}

void check_queries(const Panel& panel, const std::string& at, Faults& faults) {
    std::set<std::string_view> refs;
    for (std::size_t i = 0; i < panel.queries.size(); ++i) {
        const std::string& ref = panel.queries[i].ref;
        const std::string pointer = at + "/queries/" + std::to_string(i) + "/ref";
        if (!is_query_ref(ref))
            faults.add(pointer, "name", "Letters, digits and _ are wanted.");
        else if (!refs.insert(ref).second)
            faults.add(pointer, "taken", "Another query of this panel has this name.");
    }
}

void check_panels(const std::vector<Panel>& panels, Faults& faults) {
    std::set<std::int64_t> ids;
    for (std::size_t i = 0; i < panels.size(); ++i) {
        const Panel& panel = panels[i];
        const std::string at = "/panels/" + std::to_string(i);
        if (!ids.insert(panel.id).second)
            faults.add(at + "/id", "taken", "Another panel has this id.");
        if (panel.x + panel.w > columns)
            faults.add(at + "/w", "range", "The panel reaches beyond the twelfth column.");
        if (panel.min && panel.max && *panel.min >= *panel.max)
            faults.add(at + "/max", "range", "The greatest value must be above the least.");
        check_queries(panel, at, faults);
    }
}

/// What is named in `before` and `after`: which names came, went, or stand for something else.
template <class T, class Same, class Name>
void add_changes(shape::Array& out, const std::string& field, const std::vector<T>& before,
                 const std::vector<T>& after, Same same, Name name) {
    shape::Array added, removed, changed;
    const auto find = [&](const std::vector<T>& all, const T& one) {
        return std::find_if(all.begin(), all.end(), [&](const T& each) { return same(each, one); });
    };
    for (const T& one : after) {
        const auto was = find(before, one);
        if (was == before.end())
            added.emplace_back(name(one));
        else if (*was != one)
            changed.emplace_back(name(one));
    }
    for (const T& one : before) {
        if (find(after, one) == after.end())
            removed.emplace_back(name(one));
    }
    const auto add = [&](const char* what, shape::Json from, shape::Json to) {
        out.push_back(shape::json_object(
            {{"field", field + what}, {"before", std::move(from)}, {"after", std::move(to)}}));
    };
    if (!added.empty())
        add("_added", {}, std::move(added));
    if (!removed.empty())
        add("_removed", std::move(removed), {});
    if (!changed.empty())
        add("_changed", {}, std::move(changed));
}

std::string title_of(const Panel& panel) {
    return panel.title.empty() ? "panel " + std::to_string(panel.id) : panel.title;
}

} // namespace

bool is_moment(std::string_view text) {
    if (!text.starts_with("now"))
        return parse_rfc3339(text).has_value();
    text.remove_prefix(3);
    while (!text.empty()) {
        const char sign = text.front();
        text.remove_prefix(1);
        const auto digits = static_cast<std::size_t>(
            std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
        const bool is_shift = (sign == '-' || sign == '+') && digits > 0 && digits <= 6;
        const bool is_rounding = sign == '/' && digits == 0;
        if (!(is_shift || is_rounding) || digits == text.size() || !is_span_unit(text[digits]))
            return false;
        text.remove_prefix(digits + 1);
    }
    return true;
}

bool is_variable_name(std::string_view text) {
    return is_query_ref(text) && !is_digit(text.front());
}

bool is_query_ref(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_word_char);
}

void check_body(const Body& body) {
    Faults faults;
    for (const auto& [name, moment] :
         {std::pair{"from", &body.range.from}, std::pair{"to", &body.range.to}}) {
        if (!is_moment(*moment))
            faults.add("/range/" + std::string(name), "time",
                       "Something like now-1h is wanted, or a time as in RFC 3339.");
    }
    if (body.refresh_s != 0 && body.refresh_s < refresh_s_least)
        faults.add("/refresh_s", "range", "0 or at least 5 seconds is wanted.");
    check_variables(body.variables, faults);
    check_panels(body.panels, faults);
    if (shape::write_json(shape::to_json(body)).size() > body_bytes_max)
        faults.add("", "size", "The body has more than 256 KiB.");
    shape::throw_if_any(faults.take());
}

shape::Json changes(const Content* before, const Content& after) {
    static const Content nothing;
    const Content& was = before ? *before : nothing;
    shape::Array out;
    const auto add = [&](const char* field, const shape::Json& from, const shape::Json& to) {
        const shape::Json old = before ? from : shape::Json();
        if (old != to)
            out.push_back(shape::json_object({{"field", field}, {"before", old}, {"after", to}}));
    };
    const auto text_of = [](const Range& range) { return range.from + " to " + range.to; };
    const auto description_of = [](const Content& content) {
        return content.description ? shape::Json(*content.description) : shape::Json();
    };
    add("name", was.name, after.name);
    add("description", description_of(was), description_of(after));
    add("range", text_of(was.body.range), text_of(after.body.range));
    add("refresh_s", was.body.refresh_s, after.body.refresh_s);
    add_changes(
        out, "variables", was.body.variables, after.body.variables,
        [](const Variable& a, const Variable& b) { return a.name == b.name; },
        [](const Variable& variable) { return variable.name; });
    add_changes(
        out, "panels", was.body.panels, after.body.panels,
        [](const Panel& a, const Panel& b) { return a.id == b.id; }, title_of);
    return out;
}

} // namespace atalaya::dashboard

namespace atalaya::shape {
const Shape Described<dashboard::Range>::shape{"DashboardRange", dashboard::range_fields};
const Shape Described<dashboard::Variable>::shape{"DashboardVariable", dashboard::variable_fields};
const Shape Described<dashboard::Threshold>::shape{"DashboardThreshold",
                                                   dashboard::threshold_fields};
const Shape Described<dashboard::PanelQuery>::shape{"DashboardQuery", dashboard::query_fields};
const Shape Described<dashboard::Panel>::shape{"DashboardPanel", dashboard::panel_fields};
const Shape Described<dashboard::Body>::shape{"DashboardBody", dashboard::body_fields};
const Shape Described<dashboard::Content>::shape{"DashboardContent", dashboard::content_fields};
} // namespace atalaya::shape
