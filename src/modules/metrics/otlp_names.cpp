#include "modules/metrics/otlp_names.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace atalaya::metrics {
namespace {

struct UnitName {
    std::string_view symbol;
    std::string_view word;
};
constexpr std::array units{
    UnitName{"d", "days"},
    UnitName{"h", "hours"},
    UnitName{"min", "minutes"},
    UnitName{"s", "seconds"},
    UnitName{"ms", "milliseconds"},
    UnitName{"us", "microseconds"},
    UnitName{"ns", "nanoseconds"},
    UnitName{"By", "bytes"},
    UnitName{"KiBy", "kibibytes"},
    UnitName{"MiBy", "mebibytes"},
    UnitName{"GiBy", "gibibytes"},
    UnitName{"TiBy", "tibibytes"},
    UnitName{"KBy", "kilobytes"},
    UnitName{"MBy", "megabytes"},
    UnitName{"GBy", "gigabytes"},
    UnitName{"TBy", "terabytes"},
    UnitName{"m", "meters"},
    UnitName{"V", "volts"},
    UnitName{"A", "amperes"},
    UnitName{"J", "joules"},
    UnitName{"W", "watts"},
    UnitName{"g", "grams"},
    UnitName{"Cel", "celsius"},
    UnitName{"Hz", "hertz"},
    UnitName{"1", ""},
    UnitName{"%", "percent"},
};
constexpr std::array units_of_rates{
    UnitName{"s", "second"}, UnitName{"m", "minute"}, UnitName{"h", "hour"}, UnitName{"d", "day"},
    UnitName{"w", "week"},   UnitName{"mo", "month"}, UnitName{"y", "year"},
};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The runs of characters that a name may have.
std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> out;
    bool inside = false;
    for (const char c : text) {
        const bool is_part = is_word(c) || c == ':';
        if (is_part && !inside)
            out.emplace_back();
        if (is_part)
            out.back() += c;
        inside = is_part;
    }
    return out;
}

/// Units in braces are remarks and not units: `{requests}`.
template <class Units>
std::string name_of_unit(const Units& known, std::string_view symbol) {
    symbol = trim(symbol);
    if (symbol.find('{') != symbol.npos)
        return {};
    for (const UnitName& unit : known) {
        if (unit.symbol == symbol)
            return std::string(unit.word);
    }
    std::string out;
    for (const std::string& word : split_words(symbol))
        out += (out.empty() ? "" : "_") + word;
    return out;
}

void add_once(std::vector<std::string>& words, const std::string& word) {
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end())
        words.push_back(word);
}
void put_last(std::vector<std::string>& words, const std::string& word) {
    std::erase(words, word);
    words.push_back(word);
}

} // namespace

std::string make_metric_name(const wire::OtlpMetric& metric) {
    std::vector<std::string> words = split_words(metric.name);
    const std::string_view unit = metric.unit;
    const std::size_t slash = unit.find('/');
    add_once(words, name_of_unit(units, unit.substr(0, slash)));
    if (slash != unit.npos) {
        const std::string rate = name_of_unit(units_of_rates, unit.substr(slash + 1));
        if (!rate.empty() && std::find(words.begin(), words.end(), rate) == words.end()) {
            words.push_back("per");
            words.push_back(rate);
        }
    }
    if (metric.kind == wire::OtlpKind::sum && metric.is_monotonic)
        put_last(words, "total");
    if (metric.kind == wire::OtlpKind::gauge && unit == "1")
        put_last(words, "ratio");
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : "_") + word;
    if (!out.empty() && is_digit(out.front()))
        out.insert(0, 1, '_');
    return out;
}

std::string make_label_name(std::string_view attribute) {
    std::string out;
    for (const char c : attribute)
        out += is_word(c) ? c : '_';
    if (!out.empty() && is_digit(out.front()))
        return "key_" + out;
    if (out.starts_with('_') && !out.starts_with("__"))
        return "key" + out;
    return out;
}

} // namespace atalaya::metrics
