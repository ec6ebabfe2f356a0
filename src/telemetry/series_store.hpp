// Series with labels, as Prometheus and OpenTelemetry send them: written sample by sample, found
// again by conditions on their labels.
//
// SeriesStore is the seam between the product and whatever keeps the samples; BlockStore
// (block_store.hpp) keeps them sealed in PostgreSQL. One object, owned by the program; every
// function is for any thread. The team is always that of the transaction's scope. Failures are
// those of db::Tx; samples are never a reason to throw.
//
// A write is durable when its transaction has committed. It may be repeated: of two samples of one
// series and time the later written one counts.
#pragma once

#include "base/ids.hpp"
#include "base/series.hpp"
#include "base/time.hpp"
#include "promql/source.hpp"
#include "telemetry/cardinality.hpp"
#include "telemetry/points.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::db {
class Connection;
class Tx;
} // namespace atalaya::db

namespace atalaya::telemetry {

enum class Refusal {
    bad_labels,      ///< not strictly ascending, a bad name, an empty value, too many or too long
    too_old,         ///< before what may still be written
    too_new,         ///< too far in the future
    too_many_series, ///< the team has as many active series as it may have
};
inline constexpr std::size_t refusal_count = 4;

/// What must happen in memory once the write has committed; made and read by the store alone.
struct PreparedWrite;

struct Written {
    std::size_t samples = 0;                          ///< that were taken
    std::array<std::size_t, refusal_count> refused{}; ///< samples, by Refusal
    std::string first_refusal{};                      ///< of which series, in words for the sender
    std::shared_ptr<const PreparedWrite> prepared{};
};

using LabelsPtr = std::shared_ptr<const Labels>;

/// A series that is there, and where its samples lie: to the day, as far as they are in blocks.
struct ListedSeries {
    const LabelsPtr& labels;
    promql::TimeRange range;
};

/// What memory holds of a team: all of its series, and the samples that are not in blocks yet.
struct MemoryStats {
    std::int64_t series = 0;
    std::int64_t active_series = 0; ///< that received samples of late
    std::int64_t series_max = 0;    ///< as many may be active
    std::int64_t samples = 0;
    std::int64_t chunks = 0;
    std::int64_t first_ms = std::numeric_limits<std::int64_t>::max(); ///< of the samples
    std::int64_t last_ms = std::numeric_limits<std::int64_t>::min();
    std::array<std::int64_t, refusal_count> refused{}; ///< samples since the start, by Refusal
    Cardinality cardinality;
};

/// What lies sealed in the database.
struct StoredStats {
    Time at;                  ///< when it was counted
    std::int64_t samples = 0; ///< in blocks
    std::int64_t bytes = 0;   ///< of blocks and of what is not in blocks yet
};

class SeriesStore {
  public:
    virtual ~SeriesStore() = default;

    /// Has no effect outside the transaction, so the body may run again. Takes what it can and
    /// counts the rest.
    virtual Written append(db::Tx& tx, std::span<const SeriesWrite> writes) = 0;
    /// After the commit: shows the samples to readers.
    virtual void publish(TeamId team, const Written& written) = 0;

    /// See promql::Source::select.
    virtual void select(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                        const promql::Source::OnSeries& use) = 0;
    /// The series that all matchers accept and that may have samples in the range, in no order.
    virtual void list(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                      const std::function<void(const ListedSeries&)>& use) = 0;
    /// The values of a label in these series, and the labels that one of them has; each once, in no
    /// order.
    virtual std::vector<std::string> list_values(db::Tx& tx, std::string_view label,
                                                 const promql::Matchers& matchers,
                                                 promql::TimeRange range) = 0;
    virtual std::vector<std::string> list_labels(db::Tx& tx, const promql::Matchers& matchers,
                                                 promql::TimeRange range) = 0;
    /// The samples of these very series, in the order asked for; none of a series that is no more.
    virtual std::vector<Points> read(db::Tx& tx, std::span<const LabelsPtr> series,
                                     promql::TimeRange range) = 0;

    /// Ranks so many metrics, labels and values.
    virtual MemoryStats measure_memory(db::Tx& tx, std::size_t ranked) = 0;
    /// Counts rows at most every few minutes.
    virtual StoredStats measure_stored(db::Tx& tx) = 0;
};

} // namespace atalaya::telemetry
