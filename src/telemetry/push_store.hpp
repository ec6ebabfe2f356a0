// TelemetryStore over PostgreSQL: one sealed row for each push and hour
// (migrations/0001_telemetry.sql), and the recent past in memory (head.hpp), filled from the rows
// when a server is first asked for after a start.
//
// Owned by the program; any thread. It must outlive its Subscriptions.
#pragma once

#include "telemetry/head.hpp"
#include "telemetry/store.hpp"
#include "telemetry/table_store.hpp"

#include <chrono>
#include <mutex>
#include <unordered_set>

namespace atalaya::telemetry {

class PushReader;

struct PushStoreOptions {
    std::chrono::days retention{30};
    std::chrono::hours head{2};
    std::size_t head_bytes_max = std::size_t{64} << 20;
    std::size_t table_bytes_max = std::size_t{32} << 20;
};

class PushStore final : public TelemetryStore {
  public:
    PushStore(keyring::Keyring& keyring, const Clock& clock, PushStoreOptions options = {});

    Appended append(db::Tx& tx, ServerId server, const wire::Push& push) override;
    void publish(TeamId team, ServerId server, const wire::Push& push,
                 const Appended& done) override;
    Range range(db::Tx& tx, ServerId server, const RangeQuery& query) override;
    std::optional<Usage> find_usage(db::Tx& tx, ServerId server) override;
    [[nodiscard]] Subscription subscribe(TeamId team, OnPoint on_point) override;
    void erase_server(db::Tx& tx, ServerId server) override;
    std::int64_t drop_before(db::Connection& connection, Time time) override;
    Stats stats(db::Tx& tx) override;

    /// What memory holds of the recent past.
    std::size_t head_bytes() const { return head_.bytes(); }

  private:
    /// Makes sure that the hour has its partition. Whether it has is remembered only after the
    /// commit, as one that was made just now could still be rolled back.
    void prepare_hour(db::Tx& tx, std::int64_t hour);
    void remember_hours(const wire::Push& push, std::int64_t oldest_ms);
    bool insert(db::Tx& tx, ServerId server, const wire::Push& push, std::int64_t oldest_ms);
    void fill_head(db::Tx& tx, const Source& source);
    std::optional<Range> read_head(const Source& source, const RangeQuery& query) const;
    void tell(const Source& source, const std::vector<Tick>& ticks);

    keyring::Keyring& keyring_;
    const Clock& clock_;
    const PushStoreOptions options_;
    TableStore tables_;
    Head head_;
    Subscribers subscribers_;
    std::mutex hours_mutex_;
    std::unordered_set<std::int64_t> hours_; ///< whose partitions are known to be committed
};

} // namespace atalaya::telemetry
