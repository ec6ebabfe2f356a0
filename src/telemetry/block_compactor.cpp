#include "telemetry/block_compactor.hpp"

#include "telemetry/block_rows.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace atalaya::telemetry {
namespace {

constexpr std::chrono::seconds pause{1};
/// What comes late comes in many pieces: it is written when none came for so long.
constexpr std::int64_t quiet_ms = 10'000;
/// So many late windows of a day that is not over are worth a merge of their own.
constexpr std::ptrdiff_t late_windows_min = 6;
constexpr std::size_t series_at_once = 1'024;
/// Later than any.
constexpr std::int64_t newest_generation = std::numeric_limits<std::int64_t>::max() - 1;
constexpr std::size_t merged_at_once = 128;

} // namespace

BlockCompactor::BlockCompactor(db::ConnectionOptions connection, CompactorParts parts)
    : parts_(std::move(parts)),
      connection_(std::move(connection)),
      task_("metrics not compacted", pause, [this](std::stop_token stop) {
          run_once(false, stop);
          return false;
      }) {}

void BlockCompactor::run_once(bool everything, std::stop_token stop) {
    const std::lock_guard lock(mutex_);
    const std::vector<TeamId> teams = parts_.list_teams();
    read_unread(teams);
    const Due due = everything ? Due::everything : Due::over;
    for (const TeamId& id : teams) {
        const TeamPtr team = parts_.memory.find_team(id);
        if (!team)
            continue;
        compact(*team, due, stop);
        merge_days(*team, due, stop);
        forget_erased(team);
    }
    const bool all_written = std::ranges::all_of(
        teams, [&](const TeamId& id) { return is_written(id, newest_generation); });
    parts_.memory.generations().roll(parts_.memory.now_ms(), everything || all_written);
    drop_generations(teams);
    drop_windows(teams);
    forget_over();
}

/// After a start, whatever a team left behind is read, even when nobody asks for the team.
void BlockCompactor::read_unread(const std::vector<TeamId>& teams) {
    for (const TeamId& id : teams) {
        if (nothing_.contains(id) || parts_.memory.find_team(id))
            continue;
        const bool any = db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) {
            bool left = tx.query_one(sql::telemetry::has_log, {{"team", id}}).get<bool>("found");
            for (const db::Row row : tx.query(sql::telemetry::list_window_days, {{"team", id}}))
                left = left || row.get<bool>("used");
            return left;
        });
        if (!any) {
            nothing_.insert(id);
            continue;
        }
        db::transact(connection_, {id, UserId{}}, [&](db::Tx& tx) { parts_.memory.get_team(tx); });
    }
}

void BlockCompactor::compact(TeamSeries& team, Due due, std::stop_token stop) {
    for (const Span& span : list_due(team, due)) {
        if (stop.stop_requested())
            return;
        compact(team, span);
    }
}

/// A day that is over and of which memory holds all that came is written as such; otherwise what is
/// over is written window by window.
std::vector<BlockCompactor::Span> BlockCompactor::list_due(const TeamSeries& team, Due due) const {
    const std::int64_t now = parts_.memory.now_ms();
    const bool all = due == Due::everything || is_short_of_memory();
    std::vector<Span> spans;
    const std::shared_lock lock(team.mutex);
    for (auto each = team.windows.begin(); each != team.windows.end();) {
        const std::int64_t day = floor_to(each->first, day_ms);
        const auto end = team.windows.lower_bound(day + day_ms);
        const bool day_is_over = team.is_over(day + day_ms - window_ms, now);
        const bool day_is_quiet = std::all_of(each, end, [&](const auto& window) {
            return now - window.second.last_arrival >= quiet_ms;
        });
        if (day_is_over && (day_is_quiet || due == Due::everything) &&
            !team.unmerged_days.contains(day)) {
            spans.push_back({BlockKind::day, day, day + day_ms});
            each = end;
            continue;
        }
        for (; each != end; ++each) {
            const auto& [window, open] = *each;
            const bool quiet = day_is_over ? day_is_quiet : now - open.last_arrival >= quiet_ms;
            if (all || (team.is_over(window, now) && (!open.late || quiet)))
                spans.push_back({BlockKind::window, window, window + window_ms});
        }
    }
    return spans;
}

void BlockCompactor::compact(TeamSeries& team, const Span& span) {
    const bool of_day = span.kind == BlockKind::day;
    std::vector<Series*> series;
    {
        const std::unique_lock lock(team.mutex);
        series = team.begin_leaving(span.from_ms, span.to_ms);
    }
    const auto end = [&](Left left) {
        parts_.memory.blocks().drop_day(team.team, day_of(span.from_ms));
        const std::unique_lock lock(team.mutex);
        parts_.memory.add_bytes(0 - team.end_leaving(series, left));
    };
    try {
        const std::size_t at_once = of_day ? merged_at_once : series_at_once;
        db::transact(connection_, {team.team, UserId{}}, [&](db::Tx& tx) {
            for (std::span<Series* const> rest(series); !rest.empty();) {
                const auto some = rest.first(std::min(at_once, rest.size()));
                write(tx, team, some, span);
                rest = rest.subspan(some.size());
            }
            parts_.before_commit(of_day ? "day" : "window");
        });
    } catch (...) {
        end(Left::in_memory);
        throw;
    }
    end(of_day ? Left::in_day : Left::in_windows);
}

void BlockCompactor::write(db::Tx& tx, TeamSeries& team, std::span<Series* const> series,
                           const Span& span) {
    const std::int64_t day = day_of(span.from_ms);
    std::map<std::int64_t, Points> earlier;
    std::vector<Block> blocks;
    std::vector<std::int64_t> ids, wider;
    for (const Series* each : series) {
        ids.push_back(each->id);
    }
    BlockRows rows(tx, parts_.keyring);
    const auto note = [&](const Block& block) { earlier[block.series] = block.points; };
    if (span.kind == BlockKind::day)
        rows.read_days(ids, span.from_ms, note);
    else
        rows.read_windows(ids, span.from_ms, span.from_ms, note);
    {
        const std::shared_lock lock(team.mutex);
        for (const Series* each : series) {
            Block& block = blocks.emplace_back(Block{{each->id, span.from_ms}});
            if (const auto found = earlier.find(each->id); found != earlier.end())
                block.points = std::move(found->second);
            each->head.collect_leaving(block.points);
            if (day < each->stored_first_day || day > each->stored_last_day)
                wider.push_back(each->id);
        }
    }
    // Its server may have been deleted meanwhile.
    std::erase_if(blocks, [](const Block& block) { return block.points.empty(); });
    for (Block& block : blocks) {
        order_points(block.points);
    }
    rows.write(span.kind, blocks);
    if (!wider.empty())
        tx.query(sql::telemetry::widen_series,
                 {{"team", team.team}, {"series", wider}, {"day", day}});
}

void BlockCompactor::merge_days(TeamSeries& team, Due due, std::stop_token stop) {
    std::vector<std::int64_t> days;
    std::map<std::int64_t, std::vector<std::int64_t>> series;
    {
        const std::shared_lock lock(team.mutex);
        for (const std::int64_t day : team.unmerged_days) {
            const auto open = team.windows.lower_bound(day);
            const bool complete = open == team.windows.end() || open->first >= day + day_ms;
            const bool over = team.is_over(day + day_ms - window_ms, parts_.memory.now_ms());
            const auto late = std::distance(team.late_windows.lower_bound(day),
                                            team.late_windows.lower_bound(day + day_ms));
            if (complete && (over || late >= late_windows_min || due == Due::everything))
                days.push_back(day);
        }
        for (const std::int64_t day : days) {
            for (const Series& each : team.index.all()) {
                if (each.stored_first_day <= day_of(day) && each.stored_last_day >= day_of(day))
                    series[day].push_back(each.id);
            }
        }
    }
    for (const auto& [day, ids] : series) {
        // First and by itself: a reader whose plan lacks the partition must still find the windows.
        db::transact(connection_, {team.team, UserId{}}, [&](db::Tx& tx) {
            BlockRows(tx, parts_.keyring).ensure_partition(BlockKind::day, day);
        });
        for (std::size_t start = 0; start < ids.size(); start += merged_at_once) {
            if (stop.stop_requested())
                return;
            const auto from = ids.begin() + static_cast<std::ptrdiff_t>(start);
            const std::vector<std::int64_t> some(
                from,
                from + static_cast<std::ptrdiff_t>(std::min(merged_at_once, ids.size() - start)));
            db::transact(connection_, {team.team, UserId{}}, [&](db::Tx& tx) {
                merge_day(tx, some, day);
                parts_.before_commit("day");
            });
        }
        parts_.memory.blocks().drop_day(team.team, day_of(day));
        const std::unique_lock lock(team.mutex);
        team.unmerged_days.erase(day);
        team.late_windows.erase(team.late_windows.lower_bound(day),
                                team.late_windows.lower_bound(day + day_ms));
    }
}

void BlockCompactor::merge_day(db::Tx& tx, const std::vector<std::int64_t>& series,
                               std::int64_t day) {
    BlockRows rows(tx, parts_.keyring);
    std::map<std::int64_t, Points> merged;
    rows.read_windows(series, day, day + day_ms - 1,
                      [&](const Block& block) { merged[block.series].append(block.points); });
    if (merged.empty())
        return;
    std::vector<std::int64_t> ids;
    for (const auto& [id, points] : merged) {
        ids.push_back(id);
    }
    // Windows were written after the day that is there.
    rows.read_days(ids, day, [&](const Block& block) {
        Points points = block.points;
        points.append(merged[block.series]);
        merged[block.series] = std::move(points);
    });
    std::vector<Block> blocks;
    for (auto& [id, points] : merged) {
        order_points(points);
        blocks.push_back({{id, day}, std::move(points)});
    }
    rows.write(BlockKind::day, blocks);
    rows.delete_windows(ids, day);
}

bool BlockCompactor::is_written(TeamId id, std::int64_t generation) {
    const TeamPtr team = parts_.memory.find_team(id);
    if (!team)
        return nothing_.contains(id);
    if (team->doubtful.exchange(false)) {
        db::transact(connection_, {id, UserId{}},
                     [&](db::Tx& tx) { parts_.memory.read_again(tx, *team); });
    }
    const std::shared_lock lock(team->mutex);
    return team->oldest_generation() > generation;
}

/// The oldest first, and none behind one that is needed: what is left of the log must always be its
/// end, or an earlier value would come back over a later one.
void BlockCompactor::drop_generations(const std::vector<TeamId>& teams) {
    const std::int64_t in_use = parts_.memory.generations().oldest_in_use();
    std::vector<std::int64_t> generations;
    db::transact(connection_, {platform_team, {}}, [&](db::Tx& tx) {
        generations.clear();
        for (const db::Row row : tx.query(sql::telemetry::list_generations))
            generations.push_back(row.get<std::int64_t>("generation"));
    });
    for (const std::int64_t generation : generations) {
        const bool needed =
            generation >= in_use || !std::ranges::all_of(teams, [&](const TeamId& id) {
                return is_written(id, generation);
            });
        if (needed)
            return;
        db::transact(connection_, {platform_team, {}}, [&](db::Tx& tx) {
            tx.query(sql::telemetry::drop_generation, {{"generation", generation}});
            parts_.before_commit("generation");
        });
    }
}

void BlockCompactor::drop_windows(const std::vector<TeamId>& teams) {
    std::vector<std::int64_t> days;
    db::transact(connection_, {platform_team, {}}, [&](db::Tx& tx) {
        days.clear();
        for (const db::Row row :
             tx.query(sql::telemetry::list_window_days, {{"team", platform_team}}))
            days.push_back(row.get<Time>("at").us / 1000);
    });
    std::erase_if(days, [&](std::int64_t day) {
        return std::ranges::any_of(teams, [&](const TeamId& id) {
            const TeamPtr team = parts_.memory.find_team(id);
            if (!team)
                return !nothing_.contains(id);
            const std::shared_lock lock(team->mutex);
            return team->unmerged_days.contains(day);
        });
    });
    for (const std::int64_t day : days) {
        db::transact(connection_, {platform_team, {}}, [&](db::Tx& tx) {
            tx.query(sql::telemetry::drop_windows, {{"day", Time{day * 1000}}});
        });
    }
}

} // namespace atalaya::telemetry
