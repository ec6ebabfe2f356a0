#include "modules/metrics/inputs.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"
#include "promql/parse.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace atalaya::metrics {
namespace {

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
        !std::isfinite(value))
        return std::nullopt;
    return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (point & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (point & 0x3f));
    }
}

} // namespace

void refuse_parameter(std::string_view name, const std::string& reason) {
    throw Problem(problems::bad_request)
        .detail("invalid parameter \"" + std::string(name) + "\": " + reason);
}

std::optional<std::int64_t> parse_time_ms(std::string_view text) {
    if (const auto seconds = parse_number(text)) {
        const double bound = static_cast<double>(time_ms_max);
        return static_cast<std::int64_t>(std::clamp(std::round(*seconds * 1000), -bound, bound));
    }
    if (const auto time = parse_rfc3339(text))
        return time->us / 1000;
    return std::nullopt;
}

std::optional<std::string> unescape_label_name(std::string_view name) {
    constexpr std::string_view mark = "U__";
    if (!name.starts_with(mark))
        return std::string(name);
    std::string out;
    for (std::size_t at = mark.size(); at < name.size(); ++at) {
        if (name[at] != '_') {
            out += name[at];
            continue;
        }
        const std::size_t end = name.find('_', at + 1);
        if (end == name.npos)
            return std::nullopt;
        const std::string_view hex = name.substr(at + 1, end - at - 1);
        std::uint32_t point = '_';
        const auto [stop, error] = std::from_chars(hex.data(), hex.data() + hex.size(), point, 16);
        if (!hex.empty() &&
            (error != std::errc() || stop != hex.data() + hex.size() || point > 0x10ffff))
            return std::nullopt;
        append_utf8(out, point);
        at = end;
    }
    return out;
}

Inputs::Inputs(const api::Call& call) {
    const net::Request& request = call.incoming.request;
    if (request.method == "POST" && !request.body.empty()) {
        std::string_view type = request.header("content-type");
        type = trim(type.substr(0, type.find(';')));
        if (!equal_ignoring_case(type, "application/x-www-form-urlencoded"))
            throw Problem(problems::unsupported_media)
                .detail("Send application/x-www-form-urlencoded.");
        values_ = api::Query(request.body).values();
    }
    const auto& of_address = call.query().values();
    values_.insert(values_.end(), of_address.begin(), of_address.end());
}

std::string Inputs::text(std::string_view name) const {
    for (const auto& [known, value] : values_) {
        if (known == name)
            return value;
    }
    return {};
}

std::int64_t Inputs::time_ms(std::string_view name, std::int64_t otherwise) const {
    const std::string given = text(name);
    if (given.empty())
        return otherwise;
    const auto time = parse_time_ms(given);
    if (!time)
        refuse_parameter(name, "cannot parse \"" + given + "\" to a valid timestamp");
    return *time;
}

std::optional<std::int64_t> Inputs::find_duration_ms(std::string_view name) const {
    const std::string given = text(name);
    if (given.empty())
        return std::nullopt;
    const auto duration = promql::parse_duration_ms(given);
    if (!duration)
        refuse_parameter(name, "cannot parse \"" + given + "\" to a valid duration");
    return *duration;
}

std::size_t Inputs::limit() const {
    const std::string given = text("limit");
    if (given.empty())
        return 0;
    const auto limit = parse_integer(given);
    if (!limit || *limit < 0)
        refuse_parameter("limit", "limit must be a non-negative number");
    return static_cast<std::size_t>(*limit);
}

std::vector<promql::Matchers> Inputs::matchers() const {
    std::vector<promql::Matchers> out;
    for (const auto& [name, value] : values_) {
        if (name != "match[]")
            continue;
        auto matchers = promql::parse_selector(value);
        if (!matchers)
            refuse_parameter(name, matchers.error().reason);
        out.push_back(std::move(*matchers));
    }
    return out;
}

promql::TimeRange Inputs::range() const {
    const promql::TimeRange range{time_ms("start", -time_ms_max), time_ms("end", time_ms_max)};
    if (range.to_ms < range.from_ms)
        refuse_parameter("end", "end timestamp must not be before start time");
    return range;
}

} // namespace atalaya::metrics
