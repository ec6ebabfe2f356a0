// For the tests of this room: pushes to order, and the naive answer to a range query.
#pragma once

#include "crypto/hash.hpp"
#include "telemetry/store.hpp"
#include "wire/column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace atalaya::telemetry::test {

inline wire::TableId id_of(const wire::SeriesTable& table) {
    return wire::table_id(crypto::sha256(wire::encode_table(table)));
}

/// `values` are given series by series.
inline wire::Push make_push(const wire::SeriesTable& table, std::uint64_t seq,
                            std::vector<std::int64_t> times_ms, std::vector<double> values) {
    wire::Push push;
    push.stream = 0xfedc'ba98'7654'3210;
    push.seq = seq;
    push.table = id_of(table);
    push.series_count = table.size();
    push.times_ms = std::move(times_ms);
    push.values = std::move(values);
    push.series = table;
    return push;
}

inline const wire::SeriesTable& small_table() {
    static const wire::SeriesTable table{
        {"cpu_percent", {{"mode", "idle"}}, wire::Unit::percent},
        {"load", {{"window", "1m"}}, wire::Unit::count},
    };
    return table;
}

inline wire::Push small_push(std::uint64_t seq, std::int64_t time_ms, double idle, double load) {
    return make_push(small_table(), seq, {time_ms}, {idle, load});
}

/// Each value at its tick, the last written over the others; asked bucket by bucket.
class Oracle {
  public:
    void write(const wire::Push& push, std::int64_t oldest_ms = 0) {
        for (std::size_t series = 0; series < push.series_count; ++series) {
            for (std::size_t tick = 0; tick < push.times_ms.size(); ++tick) {
                const double value = push.values[series * push.times_ms.size() + tick];
                const wire::Series& key = push.series->at(series);
                if (std::isfinite(value) && push.times_ms[tick] >= oldest_ms)
                    values_[{key.name, key.labels}][push.times_ms[tick]] = value;
            }
        }
    }

    /// "" when `range` is right for `query`, else what is wrong.
    std::string judge(const Range& range, const RangeQuery& query) const {
        std::size_t expected_series = 0;
        for (const auto& [key, ticks] : values_) {
            const bool wanted = query.names.empty() || std::ranges::count(query.names, key.first);
            const auto first = ticks.lower_bound((query.from.us + 999) / 1000);
            if (!wanted || first == ticks.end() || first->first * 1000 >= query.to.us)
                continue;
            ++expected_series;
            const auto given = std::ranges::find_if(range.series, [&](const RangeSeries& each) {
                return each.name == key.first && each.labels == key.second;
            });
            if (given == range.series.end())
                return key.first + " is missing";
            if (const std::string wrong = judge_series(*given, ticks, range); !wrong.empty())
                return key.first + ": " + wrong;
        }
        if (range.series.size() != expected_series)
            return "there are series that were not asked for or have no values";
        return "";
    }

  private:
    static std::string judge_series(const RangeSeries& given,
                                    const std::map<std::int64_t, double>& ticks,
                                    const Range& range) {
        if (given.average.size() != range.times.size())
            return "wrong number of points";
        for (std::size_t i = 0; i < range.times.size(); ++i) {
            double sum = 0, least = std::numeric_limits<double>::infinity(), greatest = -least;
            int count = 0;
            const std::int64_t start_us = std::max(range.times[i].us, range.from.us);
            for (auto tick = ticks.lower_bound((start_us + 999) / 1000);
                 tick != ticks.end() && tick->first * 1000 < range.to.us &&
                 tick->first * 1000 < range.times[i].us + range.step_s * 1'000'000;
                 ++tick) {
                const double value = tick->second;
                sum += value;
                least = std::min(least, value);
                greatest = std::max(greatest, value);
                ++count;
            }
            const bool right =
                count == 0
                    ? std::isnan(given.average[i]) && std::isnan(given.least[i]) &&
                          std::isnan(given.greatest[i])
                    : std::abs(given.average[i] - sum / count) <= 1e-9 * (1 + std::abs(sum)) &&
                          given.least[i] == least && given.greatest[i] == greatest;
            if (!right)
                return "point " + std::to_string(i) + " of " + std::to_string(range.times.size());
        }
        return "";
    }

    std::map<std::pair<std::string, std::vector<wire::Label>>, std::map<std::int64_t, double>>
        values_;
};

} // namespace atalaya::telemetry::test
