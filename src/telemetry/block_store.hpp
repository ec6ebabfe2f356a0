// SeriesStore over PostgreSQL (migrations/0002_metrics.sql): each write is one sealed row of a log,
// and what the rows hold is in memory as well, until it is in blocks.
//
// Owned by the program; any thread. One program at a time may write to a database. A team is read
// into memory when it is first asked for: its series, and the rows that are left.
#pragma once

#include "base/random.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/metric_row.hpp"
#include "telemetry/series_memory.hpp"
#include "telemetry/series_store.hpp"

#include <chrono>

namespace atalaya::telemetry {

struct BlockStoreOptions {
    std::chrono::days retention{30};
    std::int64_t series_max = 200'000; ///< active ones of a team
    std::size_t memory_bytes_max = std::size_t{256} << 20;
};

class BlockStore final : public SeriesStore {
  public:
    BlockStore(keyring::Keyring& keyring, const Clock& clock, Random& random,
               BlockStoreOptions options = {});

    Written append(db::Tx& tx, std::span<const SeriesWrite> writes) override;
    void publish(TeamId team, const Written& written) override;
    void select(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
                const promql::Source::OnSeries& use) override;
    void list(db::Tx& tx, const promql::Matchers& matchers, promql::TimeRange range,
              const std::function<void(const ListedSeries&)>& use) override;
    std::vector<std::string> list_values(db::Tx& tx, std::string_view label,
                                         const promql::Matchers& matchers,
                                         promql::TimeRange range) override;
    std::vector<std::string> list_labels(db::Tx& tx, const promql::Matchers& matchers,
                                         promql::TimeRange range) override;
    std::vector<Points> read(db::Tx& tx, std::span<const LabelsPtr> series,
                             promql::TimeRange range) override;
    MemoryStats measure_memory(db::Tx& tx, std::size_t ranked) override;
    StoredStats measure_stored(db::Tx& tx) override;

    /// For the compactor, which goes before the store.
    SeriesMemory& memory() { return memory_; }

  private:
    void admit(TeamSeries& team, std::span<const SeriesWrite> writes, PreparedWrite& prepared,
               Written& written);
    void insert_series(db::Tx& tx, PreparedWrite& prepared);

    keyring::Keyring& keyring_;
    const BlockStoreOptions options_;
    SeriesMemory memory_;
};

} // namespace atalaya::telemetry
