// A write on its way: the rows of the series that it is the first to name, its row of the log, and
// after the commit memory.
//
// Made for one write, on the thread of its transaction; held until the write is published or given
// up. While there is one, its generation of the log stays, and so do the team's series.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/series_memory.hpp"

#include <optional>
#include <span>
#include <string>

namespace atalaya::telemetry {

/// A series that memory does not know.
struct FreshSeries {
    std::string key; ///< series_key.hpp
    std::int64_t first_ms;
    std::int64_t last_ms;
    std::int64_t id = 0; ///< once its row is there
};

class LogWrite {
  public:
    LogWrite(SeriesMemory& memory, keyring::Keyring& keyring, TeamPtr team)
        : memory_(memory), keyring_(keyring), team_(std::move(team)) {}
    LogWrite(const LogWrite&) = delete;
    LogWrite& operator=(const LogWrite&) = delete;
    ~LogWrite();

    TeamSeries& team() const { return *team_; }

    /// Gives them ids. Of a server, when its agent sent them.
    void insert_series(db::Tx& tx, std::span<FreshSeries> fresh, std::optional<ServerId> server);
    void insert_row(db::Tx& tx, BytesView plain);

    /// After the commit: what the samples arrive with in memory.
    Arrival arrive() const;
    /// Memory holds all of it.
    void note_published() const { published_ = true; }

  private:
    SeriesMemory& memory_;
    keyring::Keyring& keyring_;
    const TeamPtr team_;
    std::int64_t generation_ = 0; ///< 0: there is no row
    mutable bool published_ = false;
};

} // namespace atalaya::telemetry
