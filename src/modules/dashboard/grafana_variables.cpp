#include "base/text.hpp"
#include "modules/dashboard/grafana_reading.hpp"

#include <algorithm>

namespace atalaya::dashboard {
namespace {

using shape::Json;

constexpr std::size_t name_length_max = 60;
constexpr std::size_t value_length_max = 1000;

/// `a, b : c` as Grafana writes choices: a comma parts them unless a backslash stands before it,
/// and behind ` : ` is the value of what stands before.
std::vector<std::string> split_choices(std::string_view text) {
    std::vector<std::string> out;
    std::string choice;
    const auto finish = [&] {
        std::string_view value = trim(choice);
        if (const auto colon = value.find(" : "); colon != std::string_view::npos)
            value = trim(value.substr(colon + 3));
        if (!value.empty() && out.size() < static_cast<std::size_t>(values_max))
            out.push_back(cut(value, value_length_max));
        choice.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ',')
            choice += text[++i];
        else if (text[i] == ',')
            finish();
        else
            choice += text[i];
    }
    finish();
    return out;
}

/// What was chosen when the document was saved; nothing for `All` and for what follows the range.
std::vector<std::string> chosen_of(const Json& source) {
    const Json& value = member_of(member_of(source, "current"), "value");
    std::vector<std::string> out;
    const auto take = [&](const Json& one) {
        std::string text = text_of(one, value_length_max);
        if (!text.empty() && !text.starts_with("$__") &&
            out.size() < static_cast<std::size_t>(values_max))
            out.push_back(std::move(text));
    };
    if (const shape::Array* several = value.if_array())
        std::for_each(several->begin(), several->end(), take);
    else
        take(value);
    return out;
}

/// `label_values(label)` and `label_values(selector, label)`.
bool read_label_values(std::string_view query, Variable& variable) {
    constexpr std::string_view call = "label_values(";
    query = trim(query);
    if (!query.starts_with(call) || !query.ends_with(")"))
        return false;
    query = query.substr(call.size(), query.size() - call.size() - 1);
    const auto comma = query.rfind(',');
    const bool has_selector = comma != std::string_view::npos;
    const std::string_view label = trim(has_selector ? query.substr(comma + 1) : query);
    const std::string_view selector = has_selector ? trim(query.substr(0, comma)) : "";
    if (!is_variable_name(label) || label.size() > 200 || count_code_points(selector) > 4000)
        return false;
    variable.kind = VariableKind::label_values;
    variable.values_of = label;
    variable.match = selector;
    return true;
}

/// Why a variable cannot be taken over; empty when it was.
std::string read_query_variable(const Json& source, const DataSources& sources,
                                Variable& variable) {
    if (const auto kind = sources.find_foreign_kind(member_of(source, "datasource")))
        return "Its values come from a data source of the kind " + *kind + ".";
    const Json& query = member_of(source, "query");
    std::string text = text_of(query.is_object() ? member_of(query, "query") : query, 5000);
    if (text.empty())
        text = text_of(source, "definition", 5000);
    return read_label_values(text, variable) ? "" : "Only label_values(…) can be asked here.";
}

std::string read_variable(const Json& source, const DataSources& sources, Variable& variable) {
    const std::string kind = text_of(source, "type", 40);
    const std::string query = text_of(source, "query", 200'000);
    variable.many = flag_of(source, "multi");
    variable.all = flag_of(source, "includeAll");
    variable.chosen = chosen_of(source);
    if (kind == "query")
        return read_query_variable(source, sources, variable);
    if (kind == "custom" || kind == "interval") {
        variable.options = split_choices(query);
        return "";
    }
    if (kind == "constant") {
        variable.options = {text_of(source, "query", value_length_max)};
        variable.chosen = variable.options;
        return "";
    }
    if (kind == "textbox") {
        variable.kind = VariableKind::text;
        if (variable.chosen.empty() && !query.empty())
            variable.chosen = {text_of(source, "query", value_length_max)};
        return "";
    }
    return "Variables of the kind " + (kind.empty() ? "that it has" : kind) + " do not exist here.";
}

} // namespace

void convert_variables(const Json& dashboard, const DataSources& sources, Body& body,
                       LeftOutList& left_out) {
    for (const Json& source : elements_of(member_of(dashboard, "templating"), "list")) {
        if (text_of(source, "type", 40) == "datasource")
            continue; // there is one data source here
        Variable variable;
        variable.name = text_of(source, "name", name_length_max + 1);
        variable.label = text_of(source, "label", 120);
        const std::string what = "variable " + variable.name;
        const auto same = std::find_if(body.variables.begin(), body.variables.end(),
                                       [&](const Variable& v) { return v.name == variable.name; });
        std::string why = read_variable(source, sources, variable);
        if (!is_variable_name(variable.name) || variable.name.size() > name_length_max)
            why = "Its name is none that can stand in a query.";
        else if (same != body.variables.end())
            why = "Another variable has its name.";
        else if (body.variables.size() == static_cast<std::size_t>(variables_max))
            why = "A dashboard has at most " + std::to_string(variables_max) + " variables.";
        if (!why.empty()) {
            left_out.add(what, why);
            continue;
        }
        if (!variable.many && variable.chosen.size() > 1)
            variable.chosen.resize(1);
        if (!text_of(source, "regex", 10).empty())
            left_out.add(what + ": regex", "All values of the label are offered.");
        if (!text_of(source, "allValue", 10).empty())
            left_out.add(what + ": custom all value", "All stands for all values.");
        body.variables.push_back(std::move(variable));
    }
}

} // namespace atalaya::dashboard
