#include "base/text.hpp"
#include "modules/dashboard/grafana_reading.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace atalaya::dashboard {
namespace {

using shape::Json;

/// Grafana's names of units, as far as there is the same here.
constexpr std::array<std::pair<std::string_view, Unit>, 31> units{{
    {"percent", Unit::percent},
    {"percentunit", Unit::ratio},
    {"bytes", Unit::bytes},
    {"decbytes", Unit::bytes},
    {"bits", Unit::bits},
    {"decbits", Unit::bits},
    {"s", Unit::seconds},
    {"dtdurations", Unit::seconds},
    {"clocks", Unit::seconds},
    {"dthms", Unit::seconds},
    {"ms", Unit::ms},
    {"dtdurationms", Unit::ms},
    {"clockms", Unit::ms},
    {"Bps", Unit::bytes_per_s},
    {"binBps", Unit::bytes_per_s},
    {"bps", Unit::bits_per_s},
    {"binbps", Unit::bits_per_s},
    {"reqps", Unit::per_s},
    {"ops", Unit::per_s},
    {"rps", Unit::per_s},
    {"wps", Unit::per_s},
    {"iops", Unit::per_s},
    {"pps", Unit::per_s},
    {"cps", Unit::per_s},
    {"eps", Unit::per_s},
    {"mps", Unit::per_s},
    {"recps", Unit::per_s},
    {"hertz", Unit::per_s},
    {"short", Unit::none},
    {"none", Unit::none},
    {"", Unit::none},
}};

struct Color {
    double red = 0, green = 0, blue = 0;
};

/// `#rrggbb` and `rgb(r, g, b)`, with or without a fourth part.
std::optional<Color> parse_color(std::string_view text) {
    if (text.starts_with("#") && text.size() >= 7) {
        const auto bytes = parse_hex(text.substr(1, 6));
        if (!bytes)
            return std::nullopt;
        return Color{double((*bytes)[0]), double((*bytes)[1]), double((*bytes)[2])};
    }
    const auto open = text.find('(');
    if (!text.starts_with("rgb") || open == std::string_view::npos)
        return std::nullopt;
    const auto parts = split(text.substr(open + 1), ',');
    std::array<double, 3> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto value = i < parts.size()
                               ? parse_integer(trim(parts[i].substr(0, parts[i].find(')'))))
                               : std::nullopt;
        if (!value)
            return std::nullopt;
        values[i] = static_cast<double>(*value);
    }
    return Color{values[0], values[1], values[2]};
}

/// What a colour says; absent for those that say nothing.
std::optional<Tone> tone_of(std::string_view color) {
    for (const auto& [word, tone] :
         {std::pair{"green", Tone::good}, std::pair{"blue", Tone::good},
          std::pair{"yellow", Tone::warn}, std::pair{"orange", Tone::warn},
          std::pair{"red", Tone::bad}, std::pair{"purple", Tone::warn}}) {
        if (color.ends_with(word))
            return tone;
    }
    const auto parts = parse_color(color);
    if (!parts || (parts->red == parts->green && parts->green == parts->blue))
        return std::nullopt;
    if (parts->red < std::max(parts->green, parts->blue))
        return Tone::good;
    return parts->green > 0.4 * parts->red ? Tone::warn
                                           : Tone::bad; // orange and yellow are red too
}

/// Grafana's thresholds begin with a colour for everything below, which only needs saying where it
/// is no good sign: then from the least value on.
void add_threshold(Panel& panel, std::optional<double> from, std::string_view color) {
    const auto tone = tone_of(color);
    if (!tone || panel.thresholds.size() == static_cast<std::size_t>(thresholds_max))
        return;
    if (!from && *tone == Tone::good)
        return;
    panel.thresholds.push_back({from.value_or(panel.min.value_or(0)), *tone});
}

void convert_unit(const std::string& name, Panel& panel, LeftOutList& left_out) {
    const auto known = std::find_if(units.begin(), units.end(),
                                    [&](const auto& unit) { return unit.first == name; });
    if (known != units.end())
        panel.unit = known->second;
    else
        left_out.add("unit " + name, "Values are shown as plain numbers.");
}

void convert_bounds(std::optional<double> min, std::optional<double> max, Panel& panel) {
    panel.min = min;
    if (!min || !max || *min < *max)
        panel.max = max;
}

void convert_thresholds(const Json& defaults, Panel& panel, LeftOutList& left_out) {
    // A graph's thresholds are drawn only where it says so.
    const std::string style =
        text_of(member_of(member_of(defaults, "custom"), "thresholdsStyle"), "mode", 40);
    if (panel.kind == PanelKind::graph && (style.empty() || style == "off"))
        return;
    const Json& thresholds = member_of(defaults, "thresholds");
    const bool in_percent = text_of(thresholds, "mode", 40) == "percentage";
    if (in_percent && (!panel.min || !panel.max)) {
        if (elements_of(thresholds, "steps").size() > 1)
            left_out.add("thresholds", "They are percentages of unknown bounds.");
        return;
    }
    for (const Json& step : elements_of(thresholds, "steps")) {
        auto from = number_of(step, "value");
        if (from && in_percent)
            from = *panel.min + (*panel.max - *panel.min) * *from / 100;
        if (!from || std::isfinite(*from))
            add_threshold(panel, from, text_of(step, "color", 40));
    }
}

void convert_field(const Json& defaults, Panel& panel, LeftOutList& left_out) {
    convert_unit(text_of(defaults, "unit", 60), panel, left_out);
    if (number_of(defaults, "decimals"))
        panel.decimals = integer_of(defaults, "decimals", 0, 6, 0);
    convert_bounds(number_of(defaults, "min"), number_of(defaults, "max"), panel);
    convert_thresholds(defaults, panel, left_out);
    const Json& stacking = member_of(member_of(defaults, "custom"), "stacking");
    const std::string mode = text_of(stacking, "mode", 40);
    panel.stacked = mode == "normal" || mode == "percent";
    if (mode == "percent")
        left_out.add("stacking in percent", "Series lie on one another as they are.");
    if (!elements_of(defaults, "mappings").empty())
        left_out.add("value mappings", "Values are shown as they are.");
    if (!elements_of(defaults, "links").empty())
        left_out.add("links", "Panels have none.");
}

/// How panels of the kind graph said it until Grafana 7.
void convert_old_graph(const Json& source, Panel& panel, LeftOutList& left_out) {
    const shape::Array& axes = elements_of(source, "yaxes");
    if (!axes.empty()) {
        convert_unit(text_of(axes[0], "format", 60), panel, left_out);
        if (number_of(axes[0], "decimals"))
            panel.decimals = integer_of(axes[0], "decimals", 0, 6, 0);
        convert_bounds(number_of(axes[0], "min"), number_of(axes[0], "max"), panel);
    }
    panel.stacked = flag_of(source, "stack");
    if (panel.stacked && flag_of(source, "percentage"))
        left_out.add("stacking in percent", "Series lie on one another as they are.");
    const Json& legend = member_of(source, "legend");
    if (const bool* shown = member_of(legend, "show").if_bool(); shown && !*shown)
        panel.legend = Legend::hidden;
    else if (flag_of(legend, "alignAsTable"))
        panel.legend = Legend::table;
    if (!elements_of(source, "thresholds").empty())
        left_out.add("thresholds", "Those of old graphs are not read.");
    if (!elements_of(source, "seriesOverrides").empty())
        left_out.add("overrides", "All series of a panel are drawn alike.");
}

/// How panels of the kind singlestat said it.
void convert_singlestat(const Json& source, Panel& panel, LeftOutList& left_out) {
    convert_unit(text_of(source, "format", 60), panel, left_out);
    if (number_of(source, "decimals"))
        panel.decimals = integer_of(source, "decimals", 0, 6, 0);
    const Json& gauge = member_of(source, "gauge");
    if (flag_of(gauge, "show")) {
        panel.kind = PanelKind::gauge;
        convert_bounds(number_of(gauge, "minValue"), number_of(gauge, "maxValue"), panel);
    }
    const shape::Array& colors = elements_of(source, "colors");
    const std::string steps = text_of(source, "thresholds", 200);
    if (steps.empty() || colors.empty())
        return;
    add_threshold(panel, std::nullopt, text_of(colors[0], 40));
    std::size_t next = 1;
    for (const std::string_view step : split(steps, ',')) {
        const auto from = number_of(shape::json_object({{"from", trim(step)}}), "from");
        if (from && next < colors.size())
            add_threshold(panel, from, text_of(colors[next], 40));
        ++next;
    }
}

/// Which one value stands for a series; here it is the last.
void name_calculation(const Json& source, const Json& options, LeftOutList& left_out) {
    const shape::Array& several = elements_of(member_of(options, "reduceOptions"), "calcs");
    std::string calculation = several.empty() ? "" : text_of(several[0], 60);
    if (text_of(source, "type", 60) == "singlestat")
        calculation = text_of(source, "valueName", 60);
    constexpr std::array<std::string_view, 4> last{"", "last", "lastNotNull", "current"};
    if (std::find(last.begin(), last.end(), calculation) == last.end())
        left_out.add("calculation " + calculation, "The last value is shown.");
}

void convert_legend(const Json& options, Panel& panel) {
    const Json& legend = member_of(options, "legend");
    const std::string mode = text_of(legend, "displayMode", 40);
    const bool* shown = member_of(legend, "showLegend").if_bool();
    if (mode == "hidden" || (shown && !*shown))
        panel.legend = Legend::hidden;
    else if (mode == "table")
        panel.legend = Legend::table;
}

} // namespace

void convert_look(const Json& source, Panel& panel, LeftOutList& left_out) {
    const Json& field_config = member_of(source, "fieldConfig");
    const Json& defaults = member_of(field_config, "defaults");
    const Json& options = member_of(source, "options");
    const Json& older = member_of(member_of(options, "fieldOptions"), "defaults"); // Grafana 6
    const std::string kind = text_of(source, "type", 60);
    if (kind == "singlestat")
        convert_singlestat(source, panel, left_out);
    else if (kind == "graph")
        convert_old_graph(source, panel, left_out);
    else
        convert_field(defaults.is_object() ? defaults : older, panel, left_out);
    convert_legend(options, panel);
    if (panel.kind != PanelKind::graph && panel.kind != PanelKind::table)
        name_calculation(source, options, left_out);
    if (!elements_of(field_config, "overrides").empty())
        left_out.add("overrides", "All series of a panel are drawn alike.");
}

} // namespace atalaya::dashboard
