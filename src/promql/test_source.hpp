// For tests of the language: series in memory, written in one line each, and answers as text.
#pragma once

#include "promql/evaluate.hpp"
#include "promql/parse.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace atalaya::promql {

/// Series with one sample a minute from the time 0 on, written as `up{job="a"} 1 2 _ stale NaN`;
/// `_` is no sample, and `0+10x5` stands for 0 10 20 30 40 50.
class TestSource final : public Source {
  public:
    TestSource(std::initializer_list<std::string_view> lines) {
        for (const std::string_view line : lines)
            add(line);
    }

    void select(const Matchers& matchers, TimeRange range, const OnSeries& use) override {
        for (const Series& one : series_) {
            if (!accept(matchers, *one.labels))
                continue;
            const auto begin = std::ranges::lower_bound(one.times_ms, range.from_ms);
            const auto end = std::ranges::upper_bound(one.times_ms, range.to_ms);
            if (begin >= end)
                continue;
            const auto first = static_cast<std::size_t>(begin - one.times_ms.begin());
            const auto count = static_cast<std::size_t>(end - begin);
            use({one.labels, std::span(one.times_ms).subspan(first, count),
                 std::span(one.values).subspan(first, count)});
        }
    }

  private:
    struct Series {
        std::shared_ptr<const Labels> labels;
        std::vector<std::int64_t> times_ms{};
        std::vector<double> values{};
    };

    static double number(std::string_view text) {
        double value = 0;
        if (text == "NaN")
            return std::numeric_limits<double>::quiet_NaN();
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }

    void add(std::string_view line) {
        const std::size_t space = line.find(' ', line.find('}') == line.npos ? 0 : line.find('}'));
        const Matchers matchers = *parse_selector(line.substr(0, space));
        Labels labels;
        for (const Matcher& matcher : matchers)
            labels.push_back({matcher.name(), matcher.value()});
        std::ranges::sort(labels);
        Series one{std::make_shared<const Labels>(std::move(labels))};
        std::istringstream words{std::string(line.substr(space))};
        std::int64_t at_ms = 0;
        for (std::string word; words >> word;) {
            const std::size_t plus = word.find('+', 1), times = word.find('x');
            const bool series = plus != word.npos && times != word.npos;
            const int more = series ? static_cast<int>(number(word.substr(times + 1))) : 0;
            const double step = series ? number(word.substr(plus + 1)) : 0;
            for (int k = 0; k <= more; ++k, at_ms += 60'000) {
                if (word == "_")
                    continue;
                one.times_ms.push_back(at_ms);
                one.values.push_back(word == "stale" ? stale_value() : number(word) + k * step);
            }
        }
        series_.push_back(std::move(one));
    }

    std::vector<Series> series_;
};

inline std::string to_text(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

/// `up{job="a"} 1 2` with a space before each series but the first; a scalar is its number.
inline std::string to_text(const Value& value) {
    if (value.type == ValueType::string)
        return value.text;
    std::string out;
    for (const ResultSeries& series : value.series) {
        if (!out.empty())
            out += ' ';
        if (value.type != ValueType::scalar) {
            out += label_value(*series.labels, metric_name_label);
            std::string separator = "{";
            for (const Label& label : *series.labels) {
                if (label.name != metric_name_label) {
                    out += separator + label.name + "=" + label.value;
                    separator = ",";
                }
            }
            out += separator == "{" ? "{}" : "}";
        }
        for (const Sample& sample : series.samples) {
            if (value.type != ValueType::scalar || &sample != &series.samples.front())
                out += ' ';
            out += to_text(sample.value);
        }
    }
    return out;
}

/// What the query gives at a minute; an error is its text.
inline std::string ask(TestSource& source, std::string_view query, std::int64_t minute,
                       const EvaluationLimits& limits = {}) {
    const auto expr = parse_expression(query);
    if (!expr)
        return expr.error().reason;
    try {
        Value value = evaluate_instant(**expr, query, source, minute * 60'000, limits);
        if (value.type == ValueType::vector && query.find("sort") == query.npos &&
            query.find("topk") == query.npos && query.find("bottomk") == query.npos)
            std::ranges::sort(value.series, {},
                              [](const ResultSeries& one) { return *one.labels; });
        return to_text(value);
    } catch (const QueryError& error) {
        return error.what();
    }
}

} // namespace atalaya::promql
