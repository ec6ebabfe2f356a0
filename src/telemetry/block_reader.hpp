// Reads samples of one team: what memory holds and what lies in blocks, put together.
//
// Made for one use within one transaction, on its thread; what memory holds stays the team's
// lock's.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "promql/source.hpp"
#include "telemetry/series_memory.hpp"

#include <functional>
#include <span>
#include <vector>

namespace atalaya::telemetry {

class BlockReader {
  public:
    /// The place among the series asked for, and their samples in the range, ascending; valid
    /// during the call.
    using OnPoints = std::function<void(std::size_t place, const PointsView& points)>;

    BlockReader(db::Tx& tx, keyring::Keyring& keyring, SeriesMemory& memory, const TeamSeries& team,
                promql::TimeRange range)
        : tx_(tx), keyring_(keyring), memory_(memory), team_(team), range_(range) {}

    /// Of series in the order of their ids. Leaves out those without samples.
    void read(std::span<const Series* const> series, const OnPoints& use);

  private:
    /// What there is of one series, packed.
    struct Pieces {
        Points head;
        std::int64_t first_day = 0, last_day = -1; ///< of blocks in the range; none at all
        std::vector<OpenedDay> days{};
    };

    std::vector<Pieces> gather(std::span<const Series* const> series);
    void fetch(std::span<const Series* const> series, std::vector<Pieces>& all,
               std::uint64_t version);
    void use_all(std::span<const Series* const> series, const std::vector<Pieces>& all,
                 std::size_t start, const OnPoints& use);
    void unpack(const Series& series, const Pieces& pieces, Points& out) const;

    db::Tx& tx_;
    keyring::Keyring& keyring_;
    SeriesMemory& memory_;
    const TeamSeries& team_;
    const promql::TimeRange range_;
};

} // namespace atalaya::telemetry
