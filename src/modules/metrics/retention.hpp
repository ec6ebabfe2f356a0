// Retention rules: for which metrics a team keeps samples for a shorter time than everything.
//
// Functions run in the caller's transaction, in the team's scope. The prefix, which is a part of
// names, lies sealed under the team's key.
#pragma once

#include "api/endpoint.hpp"
#include "telemetry/retention.hpp"

namespace atalaya::metrics {

using RetentionRuleId = Id<struct RetentionRuleTag>;

/// As many as a team may have.
inline constexpr std::size_t retention_rules_max = 200;

/// What a client may write.
struct RetentionRuleDraft {
    std::string prefix;
    std::int64_t days = 0;
};

struct RetentionRule {
    RetentionRuleId id;
    std::int64_t revision = 0;
    Time created_at;
    Time updated_at;
    std::string prefix;
    std::int64_t days = 0;
};

std::span<const api::Endpoint> retention_endpoints();

/// For who deletes what is over. The team is the transaction's.
std::vector<telemetry::RetentionRule> list_retention_rules(db::Tx& tx, keyring::Keyring& keyring);

} // namespace atalaya::metrics

namespace atalaya::shape {
template <>
struct Described<metrics::RetentionRuleDraft> {
    static const Shape shape;
};
template <>
struct Described<metrics::RetentionRule> {
    static const Shape shape;
};
} // namespace atalaya::shape
