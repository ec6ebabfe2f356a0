#include "telemetry/block_rows.hpp"

#include "base/log.hpp"
#include "telemetry/chunk.hpp"
#include "telemetry/series_head.hpp"
#include "telemetry/series_place.hpp"
#include "telemetry_sql.hpp"

#include <set>

namespace atalaya::telemetry {
namespace {

constexpr std::int64_t week_ms = 7 * day_ms;
/// 1970 began on a Thursday, and weeks begin on Mondays.
constexpr std::int64_t monday_ms = 4 * day_ms;

std::string_view purpose_of(BlockKind kind) {
    return kind == BlockKind::window ? metric_window_purpose : metric_block_purpose;
}

void log_damage(const BlockPlace& place) {
    log::error("metrics.block_damaged", {{"series", std::to_string(place.series)},
                                         {"at", to_rfc3339({place.at_ms * 1000})}});
}

std::int64_t partition_of(BlockKind kind, std::int64_t at_ms) {
    return kind == BlockKind::window ? floor_to(at_ms, day_ms)
                                     : floor_to(at_ms - monday_ms, week_ms) + monday_ms;
}

} // namespace

void BlockRows::open(const std::vector<std::int64_t>& series, std::int64_t first_day,
                     std::int64_t last_day, const OnOpened& use) {
    tx_.defer(sql::telemetry::look_anew);
    open(tx_.query(sql::telemetry::list_blocks,
                   {{"team", tx_.scope().team},
                    {"series", series},
                    {"from", Time{first_day * day_ms * 1000}},
                    {"to", Time{((last_day + 1) * day_ms - 1) * 1000}}}),
         use);
}

void BlockRows::read_windows(const std::vector<std::int64_t>& series, std::int64_t from_ms,
                             std::int64_t to_ms, const std::function<void(const Block&)>& use) {
    unpack(tx_.query(sql::telemetry::list_windows, {{"team", tx_.scope().team},
                                                    {"series", series},
                                                    {"from", Time{from_ms * 1000}},
                                                    {"to", Time{to_ms * 1000}}}),
           use);
}

void BlockRows::read_days(const std::vector<std::int64_t>& series, std::int64_t day,
                          const std::function<void(const Block&)>& use) {
    unpack(tx_.query(sql::telemetry::list_days,
                     {{"team", tx_.scope().team}, {"series", series}, {"day", Time{day * 1000}}}),
           use);
}

void BlockRows::open(const db::Rows& rows, const OnOpened& use) {
    const TeamId team = tx_.scope().team;
    for (const db::Row row : rows) {
        const BlockPlace place{row.get<std::int64_t>("series_id"), row.get<Time>("at").us / 1000};
        const BlockKind kind = row.get<bool>("is_window") ? BlockKind::window : BlockKind::day;
        auto plain =
            keyring_.open_sealed(team, purpose_of(kind), place_of(place.series, place.at_ms),
                                 row.get<BytesView>("body"));
        if (plain)
            use(place, std::move(*plain));
        else
            log_damage(place);
    }
}

void BlockRows::unpack(const db::Rows& rows, const std::function<void(const Block&)>& use) {
    Block block;
    open(rows, [&](const BlockPlace& place, Bytes&& plain) {
        static_cast<BlockPlace&>(block) = place;
        block.points.clear();
        if (decode_chunks(plain, block.points))
            use(block);
        else
            log_damage(place);
    });
}

void BlockRows::write(BlockKind kind, const std::vector<Block>& blocks) {
    const TeamId team = tx_.scope().team;
    const bool windows = kind == BlockKind::window;
    std::set<std::int64_t> partitions;
    std::vector<std::int64_t> series, at_us, samples;
    std::vector<Bytes> bodies;
    for (const Block& block : blocks) {
        partitions.insert(partition_of(kind, block.at_ms));
        series.push_back(block.series);
        at_us.push_back(block.at_ms * 1000);
        samples.push_back(static_cast<std::int64_t>(block.points.size()));
        Bytes plain;
        encode_chunks(block.points, plain);
        bodies.push_back(
            keyring_.seal(team, purpose_of(kind), place_of(block.series, block.at_ms), plain));
    }
    for (const std::int64_t at_ms : partitions) {
        ensure_partition(kind, at_ms);
    }
    tx_.query(windows ? sql::telemetry::put_windows : sql::telemetry::put_blocks,
              {{"team", team},
               {"series", series},
               {"at_us", at_us},
               {"samples", samples},
               {"bodies", bodies}});
}

void BlockRows::ensure_partition(BlockKind kind, std::int64_t at_ms) {
    tx_.defer(sql::telemetry::ensure_metric_partition,
              {{"kind", kind == BlockKind::window ? "metric_windows" : "metric_blocks"},
               {"at", Time{at_ms * 1000}}});
}

void BlockRows::delete_windows(const std::vector<std::int64_t>& series, std::int64_t day) {
    tx_.query(sql::telemetry::delete_windows, {{"team", tx_.scope().team},
                                               {"series", series},
                                               {"from", Time{day * 1000}},
                                               {"to", Time{(day + day_ms) * 1000}}});
}

} // namespace atalaya::telemetry
