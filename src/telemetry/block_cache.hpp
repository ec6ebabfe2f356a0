// Blocks that were opened of late, so that who asks for them again waits neither for the database
// nor for the keyring.
//
// Owned by SeriesMemory; any thread. What was used longest ago goes when there is too much. A
// team's blocks are found under its own id alone.
#pragma once

#include "base/bytes.hpp"
#include "base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace atalaya::telemetry {

/// All rows of one series and day (UTC), opened: chunks (chunk.hpp), each row's in order of time;
/// of samples with one time that of the later row counts. Often one row, or none.
using OpenedDay = std::shared_ptr<const std::vector<Bytes>>;

class BlockCache {
  public:
    struct Place {
        TeamId team;
        std::int64_t series;
        std::int64_t day; ///< counted from 1970-01-01
        bool operator==(const Place&) const = default;
    };

    explicit BlockCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// Asked for before the rows are read that keep() brings.
    std::uint64_t version(TeamId team) const;
    /// Null when it is not here.
    OpenedDay find(const Place& place);
    /// Has no effect when anything of the team was dropped since it had that version.
    void keep(const Place& place, OpenedDay day, std::uint64_t version);

    /// After blocks of the day were committed, and before their samples leave memory: who looks
    /// into memory first and here then misses nothing.
    void drop_day(TeamId team, std::int64_t day);
    /// After blocks were deleted.
    void drop_before(TeamId team, std::int64_t day);
    void drop_team(TeamId team);

    std::size_t bytes() const;

  private:
    struct PlaceHash {
        std::size_t operator()(const Place& place) const noexcept {
            const auto mixed = static_cast<std::uint64_t>(place.series) * 0x9e37'79b9'7f4a'7c15 +
                               static_cast<std::uint64_t>(place.day);
            return std::hash<TeamId>()(place.team) ^ static_cast<std::size_t>(mixed ^ mixed >> 32);
        }
    };
    struct Entry {
        Place place;
        OpenedDay day;
        std::size_t bytes;
    };
    using Entries = std::list<Entry>; ///< the latest used first

    template <class Condition>
    void drop_if(TeamId team, Condition condition);
    Entries::iterator remove(Entries::iterator entry);

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    Entries entries_;
    std::unordered_map<Place, Entries::iterator, PlaceHash> places_;
    std::unordered_map<TeamId, std::uint64_t>
        versions_; ///< of teams of which something was dropped
    std::size_t bytes_ = 0;
};

} // namespace atalaya::telemetry
