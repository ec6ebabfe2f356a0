#include "modules/metrics/answer.hpp"

#include "base/problems.hpp"
#include "shape/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace atalaya::metrics {
namespace {

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

/// An integer of so many digits that not all of them count: `1.5e+20` with zeros for the rest.
void append_large(std::string& out, std::string_view scientific) {
    const std::size_t e = scientific.find('e');
    std::size_t exponent = 0;
    std::from_chars(scientific.data() + e + 2, scientific.data() + scientific.size(), exponent);
    const std::size_t point = std::min(scientific.find('.'), e);
    out += scientific.substr(0, point);
    const std::size_t decimals = point == e ? 0 : e - point - 1;
    out += scientific.substr(e - decimals, decimals);
    out.append(exponent - decimals, '0');
}

void append_sample(std::string& out, const Sample& sample) {
    out += '[';
    append_time(out, sample.time_ms);
    out += ",\"";
    append_number(out, sample.value);
    out += "\"]";
}

void append_series(std::string& out, const promql::ResultSeries& series, bool is_matrix) {
    out += "{\"metric\":";
    append_labels(out, *series.labels);
    if (!is_matrix) {
        out += ",\"value\":";
        append_sample(out, series.samples.front());
    } else {
        out += ",\"values\":[";
        for (const Sample& sample : series.samples) {
            append_sample(out, sample);
            out += ',';
        }
        out.back() = ']';
    }
    out += '}';
}

std::string_view type_name(promql::ValueType type) {
    switch (type) {
    case promql::ValueType::scalar:
        return "scalar";
    case promql::ValueType::vector:
        return "vector";
    case promql::ValueType::matrix:
        return "matrix";
    case promql::ValueType::string:
        return "string";
    }
    return "";
}

} // namespace

void append_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
        return;
    }
    const double size = std::abs(value);
    const bool is_scientific = size != 0 && (size < 1e-6 || size >= 1e21);
    constexpr double integers_end = 9007199254740992; // from here on not every digit counts
    std::array<char, 40> text;
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value,
                      is_scientific || size >= integers_end ? std::chars_format::scientific
                                                            : std::chars_format::fixed)
            .ptr;
    const std::string_view written(text.data(), static_cast<std::size_t>(end - text.data()));
    if (size >= integers_end && !is_scientific)
        append_large(out, written);
    else
        out += written;
}

void append_time(std::string& out, std::int64_t time_ms) {
    if (time_ms < 0) {
        out += '-';
        time_ms = -time_ms;
    }
    append_integer(out, time_ms / 1000);
    if (const std::int64_t rest = time_ms % 1000; rest != 0) {
        out += rest < 10 ? ".00" : rest < 100 ? ".0" : ".";
        append_integer(out, rest);
    }
}

void append_labels(std::string& out, const Labels& labels) {
    out += '{';
    for (const Label& label : labels) {
        if (out.back() != '{')
            out += ',';
        shape::append_json_string(out, label.name);
        out += ':';
        shape::append_json_string(out, label.value);
    }
    out += '}';
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
    out += '[';
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0)
            out += ',';
        shape::append_json_string(out, texts[i]);
    }
    out += ']';
}

void append_value(std::string& out, const promql::Value& value, std::int64_t time_ms,
                  std::size_t bytes_max) {
    out += "{\"resultType\":\"";
    out += type_name(value.type);
    out += "\",\"result\":";
    if (value.type == promql::ValueType::scalar)
        return append_sample(out, value.series.front().samples.front());
    if (value.type == promql::ValueType::string) {
        out += '[';
        append_time(out, time_ms);
        out += ',';
        shape::append_json_string(out, value.text);
        out += ']';
        return;
    }
    out += '[';
    for (std::size_t i = 0; i < value.series.size(); ++i) {
        if (i > 0)
            out += ',';
        append_series(out, value.series[i], value.type == promql::ValueType::matrix);
        if (out.size() > bytes_max)
            throw Problem(problems::query_failed)
                .detail("the answer would be larger than 128 MiB: ask for less at once");
    }
    out += ']';
}

net::Response make_answer(std::string_view data, const std::vector<std::string>& warnings,
                          const std::vector<std::string>& infos) {
    net::Response response;
    response.headers.push_back({"Content-Type", "application/json"});
    std::string& out = response.body;
    out.reserve(data.size() + 64);
    out += "{\"status\":\"success\",\"data\":";
    out += data;
    if (!warnings.empty()) {
        out += ",\"warnings\":";
        append_texts(out, warnings);
    }
    if (!infos.empty()) {
        out += ",\"infos\":";
        append_texts(out, infos);
    }
    out += '}';
    return response;
}

} // namespace atalaya::metrics
