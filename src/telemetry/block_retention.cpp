#include "telemetry/block_compactor.hpp"
#include "telemetry/series_key.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <map>

namespace atalaya::telemetry {
namespace {

constexpr std::int64_t idle_ms = 60 * 60'000;
constexpr std::size_t series_at_once = 1'024;

} // namespace

std::int64_t BlockCompactor::drop_before(Time time) {
    const std::lock_guard lock(mutex_);
    const auto dropped = db::transact(connection_, {platform_team, {}}, [&](db::Tx& tx) {
        return tx.query_one(sql::telemetry::drop_metric_partitions, {{"before", time}})
            .get<std::int64_t>("dropped");
    });
    const std::vector<TeamId> teams = parts_.list_teams();
    over_.insert(teams.begin(), teams.end());
    over_before_day_ = day_of(time.us / 1000);
    for (const TeamId& id : teams) {
        db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) {
            tx.query(sql::telemetry::delete_blocks_before,
                     {{"team", id}, {"before", Time{over_before_day_ * day_ms * 1000}}});
        });
        parts_.memory.blocks().drop_before(id, over_before_day_);
    }
    forget_over();
    for (const TeamId& id : teams) {
        drop_by_rules(id);
        if (parts_.memory.let_go(id, parts_.memory.now_ms() - idle_ms))
            nothing_.insert(id);
    }
    return dropped;
}

/// Whoever deleted the server deleted its blocks; but not those that were being written just then.
void BlockCompactor::forget_erased(const TeamPtr& team) {
    std::vector<std::int64_t> series;
    {
        const std::shared_lock lock(team->mutex);
        series = team->erased_series;
    }
    if (series.empty())
        return;
    db::transact(connection_, {team->team, UserId{}}, [&](db::Tx& tx) {
        tx.defer(sql::telemetry::erase_windows, {{"team", team->team}, {"series", series}});
        tx.defer(sql::telemetry::erase_blocks, {{"team", team->team}, {"series", series}});
    });
    const std::unique_lock lock(team->mutex);
    if (team->erased_series == series && !parts_.memory.is_held(team))
        team->remove_erased();
}

void BlockCompactor::forget_over() {
    std::erase_if(over_, [&](const TeamId& id) { return forget_series(id); });
}

/// In memory first. Who then writes to such a series again finds its row, whose days grow, or makes
/// a new one; log rows that still name the old one have nothing that is kept. False: not now.
bool BlockCompactor::forget_series(TeamId id) {
    const TeamPtr team = find_team_with_series_over(id);
    if (!team)
        return true;
    std::vector<std::int64_t> series;
    {
        const std::unique_lock lock(team->mutex);
        if (team->doubtful || parts_.memory.is_held(team))
            return false;
        series = team->remove_series_before(over_before_day_, parts_.memory.now_ms());
    }
    for (std::size_t start = 0; start < series.size(); start += series_at_once) {
        const auto from = series.begin() + static_cast<std::ptrdiff_t>(start);
        const std::vector<std::int64_t> some(
            from,
            from + static_cast<std::ptrdiff_t>(std::min(series_at_once, series.size() - start)));
        db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) {
            tx.query(sql::telemetry::delete_series,
                     {{"team", id}, {"series", some}, {"day", over_before_day_}});
        });
    }
    return true;
}

TeamPtr BlockCompactor::find_team_with_series_over(TeamId id) {
    return db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) {
        const bool any =
            tx.query_one(sql::telemetry::has_series_over, {{"team", id}, {"day", over_before_day_}})
                .get<bool>("found");
        return any ? parts_.memory.get_team(tx) : nullptr;
    });
}

/// What a team keeps for a shorter time than everything lies among what is kept, and is deleted row
/// by row. Late samples of such a day are written all the same, and go with the next round.
void BlockCompactor::drop_by_rules(TeamId id) {
    TeamPtr team;
    const auto rules = db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) {
        std::vector<RetentionRule> found = parts_.list_rules(tx);
        team = found.empty() ? nullptr : parts_.memory.get_team(tx);
        return found;
    });
    if (!team)
        return;
    const std::int64_t today = day_of(parts_.memory.now_ms());
    std::map<std::int64_t, std::vector<Series*>> due; // by the first day that is kept
    {
        const std::shared_lock lock(team->mutex);
        for (Series& series : team->index.all()) {
            const auto labels = parse_series_key(series.key);
            const auto days =
                labels ? find_days(rules, label_value(*labels, metric_name_label)) : std::nullopt;
            if (days && series.stored_first_day < today - *days)
                due[today - *days].push_back(&series);
        }
    }
    for (const auto& [day, series] : due)
        drop_samples(*team, series, day);
}

void BlockCompactor::drop_samples(TeamSeries& team, const std::vector<Series*>& series,
                                  std::int64_t day) {
    for (std::span<Series* const> rest(series); !rest.empty();) {
        const auto some = rest.first(std::min(series_at_once, rest.size()));
        std::vector<std::int64_t> ids;
        for (const Series* each : some)
            ids.push_back(each->id);
        const Time before{day * day_ms * 1000};
        db::transact(connection_, {team.team, UserId{}}, [&](db::Tx& tx) {
            tx.query(sql::telemetry::delete_series_windows_before,
                     {{"team", team.team}, {"series", ids}, {"before", before}});
            tx.query(sql::telemetry::delete_series_blocks_before,
                     {{"team", team.team}, {"series", ids}, {"before", before}});
            tx.query(sql::telemetry::narrow_series,
                     {{"team", team.team}, {"series", ids}, {"day", day}});
            parts_.before_commit("rules");
        });
        parts_.memory.blocks().drop_team(team.team);
        const std::unique_lock lock(team.mutex);
        for (Series* each : some) {
            each->stored_first_day = std::max(each->stored_first_day, day);
            each->first_ms = std::max(each->first_ms, day * day_ms);
        }
        rest = rest.subspan(some.size());
    }
}

} // namespace atalaya::telemetry
