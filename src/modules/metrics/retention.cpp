#include "modules/metrics/retention.hpp"

#include "config/config.hpp"
#include "db/error.hpp"
#include "keyring/keyring.hpp"
#include "metrics_sql.hpp"
#include "shape/complete.hpp"

namespace atalaya::metrics {
namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;
using shape::field;
using shape::names_every_member;

constexpr std::string_view body_purpose = "retention_rule.body";
constexpr std::string_view prefix_purpose = "retention_rule.prefix";

constexpr std::array draft_fields{
    field<&RetentionRuleDraft::prefix>(
        "prefix", "Of names of metrics, unique in the team; empty for all of them.",
        shape::length(0, 200)),
    field<&RetentionRuleDraft::days>(
        "days", "For so long their samples are kept: less than the operator keeps everything. Of "
                "two rules that fit, the longer prefix counts."),
};
static_assert(names_every_member<RetentionRuleDraft>(draft_fields));

constexpr std::array rule_fields{
    field<&RetentionRule::id>("id", "The rule."),
    field<&RetentionRule::revision>("revision", "Grows with every change."),
    field<&RetentionRule::created_at>("created_at", "When it was added."),
    field<&RetentionRule::updated_at>("updated_at", "When it was last changed."),
    field<&RetentionRule::prefix>("prefix", "Of names of metrics; empty for all of them."),
    field<&RetentionRule::days>("days", "For so long their samples are kept."),
};
static_assert(names_every_member<RetentionRule>(rule_fields));

std::string open_prefix(db::Tx& tx, keyring::Keyring& keyring, const db::Row& row) {
    const auto plain = keyring.open_sealed(tx.scope().team, body_purpose,
                                           row.get<RetentionRuleId>("id"), row.get<Bytes>("body"));
    CHECK_REQUEST(plain.has_value());
    return std::string(as_text(*plain));
}

RetentionRule read(api::Call& call, const db::Row& row) {
    return {row.get<RetentionRuleId>("id"),
            row.get<std::int64_t>("revision"),
            row.get<Time>("created_at"),
            row.get<Time>("updated_at"),
            open_prefix(call.tx, call.services.keyring, row),
            row.get<std::int64_t>("days")};
}

/// What both statements that write a rule store of a draft.
struct Stored {
    crypto::Hash prefix_index;
    Bytes body;
};
Stored seal(api::Call& call, RetentionRuleId id, const RetentionRuleDraft& draft) {
    const TeamId team = call.tx.scope().team;
    keyring::Keyring& keyring = call.services.keyring;
    return {keyring.blind_index(team, prefix_purpose, draft.prefix),
            keyring.seal(team, body_purpose, id, as_bytes(draft.prefix))};
}

/// A longer time cannot be had: everything of a week is dropped at once, whosever it is.
void check_days(const api::Call& call, const RetentionRuleDraft& draft) {
    const std::int64_t days_max = call.services.config.metrics.retention_days;
    if (draft.days < 1 || draft.days > days_max)
        throw Problem(problems::invalid)
            .at("/days", "range",
                "From 1 to " + std::to_string(days_max) +
                    " days: nothing is "
                    "kept longer here.");
}

/// Turns the violated constraint into Problem `name_taken`; passes everything else on.
template <class Statement>
auto refusing_taken_prefix(Statement statement) {
    try {
        return statement();
    } catch (const db::Error& error) {
        if (error.constraint() == "retention_rules_prefix")
            throw Problem(problems::name_taken)
                .at("/prefix", "taken", "There is a rule for this prefix: change that one.");
        throw;
    }
}

RetentionRule get_rule(api::Call& call) {
    const auto row = call.tx.query_optional(
        sql::metrics::find_retention_rule,
        {{"team_id", call.tx.scope().team}, {"id", call.path().id<RetentionRuleId>("rule")}});
    if (!row)
        throw Problem(problems::not_found);
    return read(call, *row);
}

std::vector<RetentionRule> list_rules(api::Call& call) {
    std::vector<RetentionRule> out;
    for (const db::Row row :
         call.tx.query(sql::metrics::list_retention_rules, {{"team_id", call.tx.scope().team}}))
        out.push_back(read(call, row));
    return out;
}

constexpr api::Listing listing{{"prefix", "days", "created_at", "updated_at"}, "prefix", {}};

api::Page<RetentionRule> list(api::Call& call) {
    return api::list_from(list_rules(call), call.query(), listing);
}

api::Created<RetentionRule> create(api::Call& call, const RetentionRuleDraft& draft) {
    check_days(call, draft);
    if (list_rules(call).size() >= retention_rules_max)
        throw Problem(problems::conflict)
            .detail("A team has at most " + std::to_string(retention_rules_max) +
                    " rules: remove one, or choose a shorter prefix for several.");
    const RetentionRuleId id(call.services.random.uuid());
    const Stored stored = seal(call, id, draft);
    const db::Row row = refusing_taken_prefix([&] {
        return call.tx.query_one(sql::metrics::insert_retention_rule,
                                 {{"team_id", call.tx.scope().team},
                                  {"id", id},
                                  {"prefix_index", stored.prefix_index},
                                  {"days", draft.days},
                                  {"body", stored.body}});
    });
    call.record("retention_rule.create", "retention_rule", id, shape::all_added(draft),
                draft.prefix);
    return {read(call, row)};
}

RetentionRule update(api::Call& call, const shape::Patch<RetentionRuleDraft>& patch) {
    const RetentionRule before = get_rule(call);
    call.check_revision(before.revision);
    const RetentionRuleDraft was{before.prefix, before.days};
    RetentionRuleDraft draft = was;
    patch.apply_to(draft);
    check_days(call, draft);
    const Stored stored = seal(call, before.id, draft);
    const auto row = refusing_taken_prefix([&] {
        return call.tx.query_optional(sql::metrics::update_retention_rule,
                                      {{"team_id", call.tx.scope().team},
                                       {"id", before.id},
                                       {"revision", before.revision},
                                       {"prefix_index", stored.prefix_index},
                                       {"days", draft.days},
                                       {"body", stored.body}});
    });
    if (!row)
        throw Problem(problems::stale_revision);
    call.record("retention_rule.update", "retention_rule", before.id, shape::changes(was, draft),
                draft.prefix);
    return read(call, *row);
}

api::NoContent remove(api::Call& call) {
    const RetentionRule rule = get_rule(call);
    call.check_revision(rule.revision);
    const db::Rows deleted = call.tx.query(
        sql::metrics::delete_retention_rule,
        {{"team_id", call.tx.scope().team}, {"id", rule.id}, {"revision", rule.revision}});
    if (deleted.affected() != 1)
        throw Problem(problems::stale_revision);
    call.record("retention_rule.delete", "retention_rule", rule.id,
                shape::all_removed(RetentionRuleDraft{rule.prefix, rule.days}), rule.prefix);
    return {};
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/metrics/retention-rules",
                        Permission::metrics_read,
                        "For which metrics samples are kept for a shorter time.")
        .with_listing(listing),
    team_endpoint<create>(Verb::post, "/teams/{team}/metrics/retention-rules",
                          Permission::retention_manage,
                          "Keep samples of some metrics for a shorter time. What is older is "
                          "deleted within the hour, and cannot be had back."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/metrics/retention-rules/{rule}",
                          Permission::retention_manage,
                          "Change for how long samples of some metrics are kept.")
        .with_revision(),
    team_endpoint<remove>(Verb::del, "/teams/{team}/metrics/retention-rules/{rule}",
                          Permission::retention_manage,
                          "Keep samples of these metrics for as long as everything else.")
        .with_revision(),
};

} // namespace

std::span<const api::Endpoint> retention_endpoints() { return table; }

std::vector<telemetry::RetentionRule> list_retention_rules(db::Tx& tx, keyring::Keyring& keyring) {
    std::vector<telemetry::RetentionRule> out;
    for (const db::Row row :
         tx.query(sql::metrics::list_retention_rules, {{"team_id", tx.scope().team}}))
        out.push_back({open_prefix(tx, keyring, row), row.get<std::int64_t>("days")});
    return out;
}

} // namespace atalaya::metrics

namespace atalaya::shape {
const Shape Described<metrics::RetentionRuleDraft>::shape{"RetentionRuleDraft",
                                                          metrics::draft_fields};
const Shape Described<metrics::RetentionRule>::shape{"RetentionRule", metrics::rule_fields};
} // namespace atalaya::shape
