#include "api/parameters.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace atalaya::api {
namespace {

Problem bad_parameter(std::string_view name, std::string detail) {
    Problem problem(problems::invalid);
    problem.at("?" + std::string(name), "query", std::move(detail));
    return problem;
}

} // namespace

const std::string& PathParameters::text(std::string_view name) const {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [&](const auto& value) { return value.first == name; });
    CHECK_REQUEST(found != values_.end());
    return found->second;
}

Uuid PathParameters::uuid(std::string_view name) const {
    const auto id = parse_uuid(text(name));
    if (!id)
        throw Problem(problems::not_found);
    return *id;
}

Query::Query(std::string_view raw) {
    if (raw.empty())
        return;
    for (const std::string_view pair : split(raw, '&')) {
        const auto equals = pair.find('=');
        const auto name = percent_decode(pair.substr(0, equals), true);
        const auto value = equals == std::string_view::npos
                               ? std::optional<std::string>("")
                               : percent_decode(pair.substr(equals + 1), true);
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value))
            throw Problem(problems::bad_request)
                .detail("The query of the address is not well formed.");
        if (!name->empty())
            values_.emplace_back(*name, *value);
    }
}

std::optional<std::string> Query::find_text(std::string_view name) const {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [&](const auto& value) { return value.first == name; });
    if (found == values_.end())
        return std::nullopt;
    return found->second;
}

std::vector<std::string> Query::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [candidate, value] : values_) {
        if (candidate == name)
            out.push_back(value);
    }
    return out;
}

std::optional<std::int64_t> Query::find_integer(std::string_view name, std::int64_t min,
                                                std::int64_t max) const {
    const auto text = find_text(name);
    if (!text)
        return std::nullopt;
    const auto value = parse_integer(*text);
    if (!value || *value < min || *value > max) {
        throw bad_parameter(name, "A whole number from " + std::to_string(min) + " to " +
                                      std::to_string(max) + " is wanted.");
    }
    return value;
}

std::optional<Time> Query::find_time(std::string_view name) const {
    const auto text = find_text(name);
    if (!text)
        return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time)
        throw bad_parameter(name, "A time as in RFC 3339 is wanted, such as 2026-11-22T12:00:00Z.");
    return time;
}

std::optional<Uuid> Query::find_uuid(std::string_view name) const {
    const auto text = find_text(name);
    if (!text)
        return std::nullopt;
    const auto id = parse_uuid(*text);
    if (!id)
        throw bad_parameter(name, "A UUID is wanted.");
    return id;
}

void Query::allow_only(const std::vector<Parameter>& known) const {
    std::vector<Violation> violations;
    std::set<std::string_view> seen;
    for (const auto& [name, value] : values_) {
        const auto parameter = std::find_if(
            known.begin(), known.end(), [&](const Parameter& each) { return each.name == name; });
        if (parameter == known.end())
            violations.push_back({"?" + name, "unknown", "There is no such parameter here."});
        else if (!seen.insert(name).second && !parameter->repeats)
            violations.push_back({"?" + name, "repeated", "This parameter is given once."});
    }
    if (!violations.empty())
        throw Problem(problems::invalid).at(std::move(violations));
}

} // namespace atalaya::api
