#include "modules/trust/watch.hpp"

#include "api/call.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "modules/trust/incident.hpp"
#include "shape/json.hpp"
#include "trust_sql.hpp"

#include <algorithm>

namespace atalaya::trust {
namespace {

/// Between two looks at what is due.
constexpr std::chrono::seconds tick{5};
constexpr std::size_t detail_length_max = 500;

Standing read_standing(const db::Row& row) {
    return {row.get<Time>("at"),           row.get<bool>("holds"),
            row.get<Time>("since"),        row.get<std::optional<Time>>("last_held_at"),
            row.get<std::int64_t>("runs"), row.get<std::int64_t>("failures"),
            row.get<std::string>("detail")};
}

Finding look(const Check& check, const Surroundings& around) {
    try {
        return check.look(around);
    } catch (const std::exception& failure) {
        log::warning("check not carried out",
                     {{"check", std::string(check.name)}, {"reason", failure.what()}});
        return {false, "It could not be carried out."};
    }
}

/// `held` as it was known before; null when it never ran.
void record_turn(api::Call& call, const Check& check, std::optional<bool> held, bool holds) {
    call.record(
        holds ? "control.restored" : "control.broken", "check", Uuid{},
        shape::Array{shape::json_object({{"field", "holds"},
                                         {"before", held ? shape::Json(*held) : shape::Json()},
                                         {"after", holds}})},
        std::string(check.name));
}

} // namespace

Standings list_standings(db::Tx& tx) {
    Standings known;
    for (const db::Row row : tx.query(sql::trust::list_standings))
        known.emplace(row.get<std::string>("name"), read_standing(row));
    return known;
}

std::vector<Check> list_checks(std::chrono::seconds at_most) {
    std::vector<Check> out;
    for (const auto& some : {store_checks(), chain_checks(), service_checks(), canary_checks(),
                             incident_checks(), listener_checks(), log_checks()})
        out.insert(out.end(), some.begin(), some.end());
    for (Check& check : out)
        check.interval = std::min(check.interval, at_most);
    return out;
}

std::chrono::seconds checks_at_most(const config::Config& config) {
    return std::chrono::seconds(config.trust.checks_s);
}

Watch::Watch(Surroundings around)
    : around_([&] {
          around.canary_sessions = &canary_sessions_;
          return std::move(around);
      }()),
      task_("checks not kept", std::min(tick, checks_at_most(around_.services.config)),
            [this](std::stop_token stop) {
                run_due(stop);
                return false;
            }) {
    texts_ = built_in_texts();
}

Standings Watch::standings() const {
    const std::lock_guard lock(mutex_);
    return standings_;
}

Texts Watch::texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
}

std::int64_t Watch::runs() const {
    const std::lock_guard lock(mutex_);
    return runs_;
}

void Watch::load() {
    db::Connection connection(around_.app);
    Standings known = db::transact(connection, {}, list_standings);
    const std::lock_guard lock(mutex_);
    standings_ = std::move(known);
    ++runs_;
    loaded_ = true;
}

void Watch::load_texts() {
    db::Connection connection(around_.app);
    Texts known = db::transact(connection, {}, list_texts);
    const std::lock_guard lock(mutex_);
    const auto same = [](const PublicText& a, const PublicText& b) {
        return a.kind == b.kind && a.revision == b.revision;
    };
    if (std::equal(known.begin(), known.end(), texts_.begin(), texts_.end(), same))
        return;
    texts_ = std::move(known);
    ++runs_;
}

void Watch::run_due(std::stop_token stop) {
    if (!loaded_)
        load();
    load_texts();
    const Time now = around_.services.clock.now();
    const Standings known = standings();
    for (const Check& check : list_checks(checks_at_most(around_.services.config))) {
        if (check.needs_listener && !around_.listener.is_there())
            continue;
        const auto last = known.find(check.name);
        const bool due = last == known.end() || last->second.at + check.interval <= now;
        if (due && !stop.stop_requested())
            run(check);
    }
}

void Watch::run(const Check& check) {
    const Finding finding = look(check, around_);
    std::optional<bool> held;
    {
        const std::lock_guard lock(mutex_);
        if (const auto before = standings_.find(check.name); before != standings_.end())
            held = before->second.holds;
    }
    // A turn is known and on the record, or neither: then the next run sees it again.
    const auto keep = [&](api::Call& call) {
        const Standing now = read_standing(call.tx.query_one(
            sql::trust::put_standing, {{"name", check.name},
                                       {"at", around_.services.clock.now()},
                                       {"holds", finding.holds},
                                       {"detail", finding.detail.substr(0, detail_length_max)}}));
        if (held.value_or(true) != finding.holds)
            record_turn(call, check, held, finding.holds);
        return now;
    };
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "checks";
    api::SlowCall call(around_.services, incoming);
    Standing standing = call.transact({}, {platform_team}, keep);
    const std::lock_guard lock(mutex_);
    standings_.insert_or_assign(std::string(check.name), std::move(standing));
    ++runs_;
}

} // namespace atalaya::trust
