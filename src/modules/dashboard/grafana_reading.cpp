#include "modules/dashboard/grafana_reading.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace atalaya::dashboard {
namespace {

using shape::Array;
using shape::Json;

constexpr std::size_t left_out_max = 500;
constexpr std::size_t words_max = 300;

/// `$name`, `${name}` and `[[name]]` give the name.
std::string_view variable_in(std::string_view text) {
    if (text.starts_with("${") && text.ends_with("}"))
        return text.substr(2, text.size() - 3);
    if (text.starts_with("[[") && text.ends_with("]]"))
        return text.substr(2, text.size() - 4);
    return text.starts_with("$") ? text.substr(1) : std::string_view();
}

bool is_prometheus(std::string_view kind) {
    return kind.find("prometheus") != std::string_view::npos;
}

} // namespace

std::string cut(std::string_view text, std::size_t length_max) {
    std::size_t bytes = 0;
    for (std::size_t length = 0; bytes < text.size() && length < length_max; ++length) {
        ++bytes;
        while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80)
            ++bytes;
    }
    return std::string(text.substr(0, bytes));
}

const Json& member_of(const Json& json, std::string_view name) {
    static const Json nothing;
    const Json* member = json.find(name);
    return member ? *member : nothing;
}

std::string text_of(const Json& json, std::size_t length_max) {
    const std::string* text = json.if_string();
    return text && is_utf8(*text) ? cut(*text, length_max) : "";
}

std::string text_of(const Json& json, std::string_view name, std::size_t length_max) {
    return text_of(member_of(json, name), length_max);
}

bool flag_of(const Json& json, std::string_view name) {
    const bool* flag = member_of(json, name).if_bool();
    return flag && *flag;
}

std::optional<double> number_of(const Json& json, std::string_view name) {
    const Json& member = member_of(json, name);
    if (const auto* integer = member.if_integer())
        return static_cast<double>(*integer);
    if (const auto* number = member.if_double())
        return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
    const std::string* text = member.if_string();
    double value = 0;
    if (!text)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::int64_t integer_of(const Json& json, std::string_view name, std::int64_t least,
                        std::int64_t greatest, std::int64_t otherwise) {
    const auto number = number_of(json, name);
    if (!number)
        return otherwise;
    return static_cast<std::int64_t>(
        std::clamp(std::floor(*number), static_cast<double>(least), static_cast<double>(greatest)));
}

const Array& elements_of(const Json& json, std::string_view name) {
    static const Array none;
    const Array* array = member_of(json, name).if_array();
    return array ? *array : none;
}

void LeftOutList::add(std::string_view what, std::string why) {
    if (entries_.size() < left_out_max)
        entries_.push_back({panel_, cut(what, words_max), std::move(why)});
    else
        ++beyond_;
}

std::vector<LeftOut> LeftOutList::take() && {
    if (beyond_ > 0)
        entries_.push_back({"", std::to_string(beyond_) + " more", "The list ends here."});
    return std::move(entries_);
}

DataSources::DataSources(const Json& dashboard) {
    // What an export asks for when it is imported, and the variables by which one is chosen.
    for (const Json& input : elements_of(dashboard, "__inputs"))
        kinds_.emplace(text_of(input, "name", 200), text_of(input, "pluginId", 200));
    for (const Json& variable : elements_of(member_of(dashboard, "templating"), "list")) {
        if (text_of(variable, "type", 40) == "datasource")
            kinds_.emplace(text_of(variable, "name", 200), text_of(variable, "query", 200));
    }
}

std::optional<std::string> DataSources::find_foreign_kind(const Json& source) const {
    const bool is_object = source.is_object();
    const std::string name = is_object ? text_of(source, "uid", 200) : text_of(source, 200);
    const std::string kind = is_object ? text_of(source, "type", 200) : "";
    // Of a mixed panel each query says its own.
    if (name == "-- Mixed --")
        return std::nullopt;
    if (name == "-- Dashboard --" || name == "-- Grafana --" || name == "__expr__")
        return name;
    if (!kind.empty() && !kind.starts_with("$"))
        return is_prometheus(kind) ? std::nullopt : std::optional(kind);
    const auto known = kinds_.find(variable_in(name));
    if (known == kinds_.end() || known->second.empty() || is_prometheus(known->second))
        return std::nullopt;
    return known->second;
}

} // namespace atalaya::dashboard
