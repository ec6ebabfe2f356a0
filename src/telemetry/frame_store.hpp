// TelemetryStore over the one store of series: each column of an agent's table is a series with the
// labels of the table and two more, `server` (what the server is called) and `server_id`.
//
// An agent names its table by its hash. Which series its columns are is found out once and lies in
// memory alone: a table that is not there, after a start for instance, is asked for again. So a
// push costs no look at any label, and its row of the log is the frame as it came.
//
// Owned by the program, and goes before the BlockStore; any thread. It must outlive its
// Subscriptions.
#pragma once

#include "telemetry/block_store.hpp"
#include "telemetry/log_write.hpp"
#include "telemetry/store.hpp"

namespace atalaya::telemetry {

class FrameStore final : public TelemetryStore {
  public:
    FrameStore(BlockStore& series, keyring::Keyring& keyring, const Clock& clock,
               std::chrono::days retention);

    Appended append(db::Tx& tx, ServerId server, const Frame& frame) override;
    void publish(const wire::Push& push, const Appended& done) override;
    Range range(db::Tx& tx, ServerId server, const RangeQuery& query) override;
    std::optional<Usage> find_usage(db::Tx& tx, ServerId server) override;
    [[nodiscard]] Subscription subscribe(TeamId team, OnPoint on_point) override;
    void note_renamed(TeamId team, ServerId server) override;
    void erase_server(db::Tx& tx, ServerId server) override;
    void note_erased(TeamId team, ServerId server) override;

  private:
    std::optional<AppendResult> find_fault(const wire::Push& push, std::int64_t oldest_ms) const;
    /// What the columns of a table are, as far as memory knows them; a fault when it may not be.
    std::optional<AppendResult> resolve(TeamSeries& team, ServerId server, const Frame& frame,
                                        PreparedPush& prepared) const;
    void insert(db::Tx& tx, const Frame& frame, std::int64_t oldest_ms, PreparedPush& prepared);
    void tell(TeamId team, const PreparedPush& prepared, const wire::Push& push,
              std::int64_t latest_ms) const;

    BlockStore& series_;
    keyring::Keyring& keyring_;
    const Clock& clock_;
    const std::chrono::days retention_;
    mutable Subscribers subscribers_;
};

} // namespace atalaya::telemetry
