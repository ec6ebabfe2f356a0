#include "telemetry/push_reader.hpp"

#include "base/log.hpp"
#include "telemetry/seal_place.hpp"
#include "telemetry_sql.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace atalaya::telemetry {
namespace {

constexpr std::int64_t number_max = std::numeric_limits<std::int64_t>::max();

constexpr std::int64_t hour_us = hour_ms * 1000;

/// Each partition that a statement may have to look into costs planning.
constexpr std::int64_t window_hours = 12;

/// Values of overlapping rows that are held at once. A stream that overlaps itself for longer is no
/// agent's work; what lies beyond is no longer put in order against what was given out already.
constexpr std::size_t overlap_values_max = 4 * wire::samples_max;

} // namespace

PushReader::PushReader(db::Tx& tx, keyring::Keyring& keyring, TableStore& tables, ServerId server,
                       std::int64_t from_ms, std::int64_t to_ms)
    : tx_(tx),
      keyring_(keyring),
      tables_(tables),
      server_(server),
      from_ms_(from_ms),
      to_ms_(to_ms),
      // A row lies within its hour, so nothing earlier reaches into the range.
      window_us_(from_ms / hour_ms * hour_ms * 1000),
      after_at_us_(window_us_ - 1),
      after_stream_(number_max),
      after_seq_(number_max) {}

PushReader::Stored PushReader::read_row(const db::Row& row) {
    return {row.get<Time>("at").us,          row.get<std::int64_t>("stream"),
            row.get<std::int64_t>("seq"),    row.get<Time>("last_at").us,
            row.get<Time>("received_at").us, row.get<std::int64_t>("ticks"),
            row.get<Bytes>("body")};
}

void PushReader::plan_each_time() {
    if (!std::exchange(planned_, true))
        tx_.defer(sql::telemetry::plan_each_time);
}

void PushReader::fetch() {
    plan_each_time();
    while (page_.empty() && !exhausted_) {
        const std::int64_t end_us = std::min(to_ms_ * 1000, window_us_ + window_hours * hour_us);
        const db::Rows rows =
            tx_.query(sql::telemetry::list_pushes, {{"team", tx_.scope().team},
                                                    {"server", server_},
                                                    {"from", Time{window_us_}},
                                                    {"to", Time{end_us}},
                                                    {"since", Time{from_ms_ * 1000}},
                                                    {"after_at", Time{after_at_us_}},
                                                    {"after_stream", after_stream_},
                                                    {"after_seq", after_seq_}});
        for (const db::Row row : rows) {
            page_.push_back(read_row(row));
        }
        if (rows.empty()) {
            window_us_ = end_us;
            exhausted_ = end_us >= to_ms_ * 1000;
        } else {
            window_us_ = after_at_us_ = page_.back().at_us;
            after_stream_ = page_.back().stream;
            after_seq_ = page_.back().seq;
        }
    }
}

std::vector<std::int64_t> PushReader::sample_distances_ms() {
    if (page_.empty() && !exhausted_)
        fetch();
    std::vector<std::int64_t> distances;
    for (std::size_t i = 0; i < page_.size(); ++i) {
        const Stored& row = page_[i];
        if (row.ticks > 1)
            distances.push_back((row.last_us - row.at_us) / 1000 / (row.ticks - 1));
        if (i > 0 && row.at_us > page_[i - 1].last_us)
            distances.push_back((row.at_us - page_[i - 1].last_us) / 1000);
    }
    return distances;
}

TablePtr PushReader::find_table(wire::TableId id) {
    if (!last_table_ || last_table_->id != id)
        last_table_ = tables_.find(tx_, server_, id);
    return last_table_;
}

std::optional<PushReader::Opened> PushReader::open(const Stored& row) {
    const auto plain =
        keyring_.open_sealed(tx_.scope().team, push_purpose,
                             seal_place(server_, {row.at_us, row.stream, row.seq}), row.sealed);
    auto body = plain ? parse_body(*plain) : std::nullopt;
    TablePtr table = body ? find_table(body->table) : nullptr;
    if (!table || table->series.size() != body->series_count) {
        log::error("telemetry.push_damaged",
                   {{"server", to_string(server_)}, {"at", to_rfc3339({row.at_us})}});
        return std::nullopt;
    }
    return Opened{row.received_us, row.stream, row.seq, std::move(*body), std::move(table)};
}

std::vector<PushReader::Opened> PushReader::next_overlapping() {
    std::vector<Opened> group;
    std::int64_t last_us = 0;
    std::size_t values = 0;
    for (;;) {
        if (page_.empty() && !exhausted_)
            fetch();
        const bool joins =
            !page_.empty() &&
            (group.empty() || (page_.front().at_us <= last_us && values < overlap_values_max));
        if (!joins)
            return group;
        const Stored row = std::move(page_.front());
        page_.pop_front();
        if (auto opened = open(row)) {
            last_us = group.empty() ? row.last_us : std::max(last_us, row.last_us);
            values += opened->body.values.size();
            group.push_back(std::move(*opened));
        }
    }
}

void PushReader::read(const OnTick& on_tick) {
    struct Entry {
        std::int64_t time_ms;
        std::size_t row, tick;
    };
    std::vector<Entry> order;
    for (auto group = next_overlapping(); !group.empty(); group = next_overlapping()) {
        std::ranges::sort(group, [](const Opened& left, const Opened& right) {
            return std::tie(left.received_us, left.stream, left.seq) <
                   std::tie(right.received_us, right.stream, right.seq);
        });
        order.clear();
        for (std::size_t row = 0; row < group.size(); ++row) {
            const auto& times = group[row].body.times_ms;
            for (std::size_t tick = 0; tick < times.size(); ++tick) {
                order.push_back({times[tick], row, tick});
            }
        }
        if (group.size() > 1)
            std::ranges::stable_sort(order, {}, &Entry::time_ms);
        for (const Entry& entry : order) {
            const Opened& row = group[entry.row];
            on_tick(row.body.tick(entry.tick, *row.table), row.table);
        }
    }
}

void PushReader::read_newest(const OnTick& on_tick) {
    plan_each_time();
    const auto row = tx_.query_optional(
        sql::telemetry::find_newest_push,
        {{"team", tx_.scope().team}, {"server", server_}, {"since", Time{from_ms_ * 1000}}});
    if (!row)
        return;
    if (const auto opened = open(read_row(*row)))
        on_tick(opened->body.tick(opened->body.times_ms.size() - 1, *opened->table), opened->table);
}

} // namespace atalaya::telemetry
