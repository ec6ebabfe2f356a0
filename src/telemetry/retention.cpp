#include "telemetry/retention.hpp"

namespace atalaya::telemetry {

std::optional<std::int64_t> find_days(std::span<const RetentionRule> rules,
                                      std::string_view metric) {
    const RetentionRule* best = nullptr;
    for (const RetentionRule& rule : rules) {
        if (metric.starts_with(rule.prefix) && (!best || rule.prefix.size() > best->prefix.size()))
            best = &rule;
    }
    return best ? std::optional(best->days) : std::nullopt;
}

} // namespace atalaya::telemetry
