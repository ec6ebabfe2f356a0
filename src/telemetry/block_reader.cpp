#include "telemetry/block_reader.hpp"

#include "base/log.hpp"
#include "base/make_ahead.hpp"
#include "telemetry/block_rows.hpp"
#include "telemetry/chunk.hpp"

#include <algorithm>
#include <limits>

namespace atalaya::telemetry {
namespace {

/// A day of one series takes some kilobytes; so many are held at once.
constexpr std::size_t series_days_at_once = 1'024;
/// Of blocks; to unpack as much takes about as long as to start ten threads.
constexpr std::size_t bytes_for_two = 256 * 1'024;

class ReleaseAtEnd {
  public:
    explicit ReleaseAtEnd(SpareThreads& threads) : threads_(threads) {}
    ReleaseAtEnd(const ReleaseAtEnd&) = delete;
    ReleaseAtEnd& operator=(const ReleaseAtEnd&) = delete;
    ~ReleaseAtEnd() { threads_.release(); }

  private:
    SpareThreads& threads_;
};

} // namespace

void BlockReader::read(std::span<const Series* const> series, const OnPoints& use) {
    for (std::size_t start = 0; start < series.size();) {
        const std::vector<Pieces> some = gather(series.subspan(start));
        use_all(series.subspan(start), some, start, use);
        start += some.size();
    }
}

void BlockReader::use_all(std::span<const Series* const> series, const std::vector<Pieces>& all,
                          std::size_t start, const OnPoints& use) {
    std::size_t bytes = 0;
    for (const Pieces& pieces : all) {
        for (const OpenedDay& day : pieces.days) {
            for (const Bytes& row : *day)
                bytes += row.size();
        }
    }
    const auto unpack_one = [&](std::size_t i, Points& points) {
        unpack(*series[i], all[i], points);
    };
    const auto use_one = [&](std::size_t i, const Points& points) {
        const PointsView found = points_within(points, range_.from_ms, range_.to_ms);
        if (!found.times_ms.empty())
            use(start + i, found);
    };
    if (bytes >= bytes_for_two && memory_.spare_threads().try_acquire()) {
        const ReleaseAtEnd release(memory_.spare_threads());
        make_ahead<Points>(all.size(), unpack_one, use_one);
        return;
    }
    Points points;
    for (std::size_t i = 0; i < all.size(); ++i) {
        unpack_one(i, points);
        use_one(i, points);
    }
}

/// Of as many of the series as are read at once. Memory first: what leaves it meanwhile is in
/// blocks by then, never the other way round.
std::vector<BlockReader::Pieces> BlockReader::gather(std::span<const Series* const> series) {
    std::vector<Pieces> all;
    std::size_t days = 0;
    {
        const std::shared_lock lock(team_.mutex);
        for (const Series* each : series) {
            Pieces& pieces = all.emplace_back();
            each->head.collect(range_.from_ms, range_.to_ms, pieces.head);
            pieces.first_day = std::max(each->stored_first_day, day_of(range_.from_ms));
            pieces.last_day = std::min(each->stored_last_day, day_of(range_.to_ms));
            if (pieces.last_day >= pieces.first_day)
                days += static_cast<std::size_t>(pieces.last_day - pieces.first_day + 1);
            if (days >= series_days_at_once)
                break;
        }
    }
    const std::uint64_t version = memory_.blocks().version(team_.team);
    bool complete = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::int64_t day = all[i].first_day; day <= all[i].last_day; ++day) {
            all[i].days.push_back(memory_.blocks().find({team_.team, series[i]->id, day}));
            complete = complete && all[i].days.back();
        }
    }
    if (!complete)
        fetch(series.first(all.size()), all, version);
    return all;
}

void BlockReader::fetch(std::span<const Series* const> series, std::vector<Pieces>& all,
                        std::uint64_t version) {
    struct Missing {
        OpenedDay* place;
        std::int64_t series, day;
        std::shared_ptr<std::vector<Bytes>> rows = std::make_shared<std::vector<Bytes>>();
    };
    std::vector<Missing> missing; // by series and day
    std::vector<std::int64_t> ids;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t k = 0; k < all[i].days.size(); ++k) {
            if (all[i].days[k])
                continue;
            const std::int64_t day = all[i].first_day + static_cast<std::int64_t>(k);
            missing.push_back({&all[i].days[k], series[i]->id, day});
            if (ids.empty() || ids.back() != series[i]->id)
                ids.push_back(series[i]->id);
            first = std::min(first, day);
            last = std::max(last, day);
        }
    }
    BlockRows(tx_, keyring_).open(ids, first, last, [&](const BlockPlace& block, Bytes&& plain) {
        const auto place = std::ranges::lower_bound(
            missing, std::pair(block.series, day_of(block.at_ms)), {},
            [](const Missing& each) { return std::pair(each.series, each.day); });
        // A day that was here already may have been read along.
        if (place != missing.end() && place->series == block.series &&
            place->day == day_of(block.at_ms))
            place->rows->push_back(std::move(plain));
    });
    for (Missing& each : missing) {
        *each.place = each.rows;
        memory_.blocks().keep({team_.team, each.series, each.day}, each.rows, version);
    }
}

void BlockReader::unpack(const Series& series, const Pieces& pieces, Points& out) const {
    out.clear();
    bool ordered = true;
    const auto note_seam = [&](std::size_t seam) {
        ordered = ordered &&
                  (seam == 0 || seam == out.size() || out.times_ms[seam - 1] < out.times_ms[seam]);
    };
    for (const OpenedDay& day : pieces.days) {
        for (const Bytes& row : *day) {
            const std::size_t seam = out.size();
            if (!decode_chunks(row, out, range_.from_ms, range_.to_ms)) {
                log::error("metrics.block_damaged", {{"series", std::to_string(series.id)}});
                out.resize(seam);
            }
            note_seam(seam);
        }
    }
    if (!pieces.head.empty()) {
        const std::size_t seam = out.size();
        out.append(pieces.head);
        note_seam(seam);
        ordered = ordered && is_ordered(pieces.head);
    }
    if (!ordered)
        order_points(out);
}

} // namespace atalaya::telemetry
