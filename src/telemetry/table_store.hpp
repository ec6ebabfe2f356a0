// The series tables of all servers: kept sealed in app.series_tables, and the ones in use in
// memory.
//
// Owned by PushStore; any thread. Only what is known to be committed enters the memory, since a
// push must never be stored whose table a rollback took away.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "telemetry/tick.hpp"

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace atalaya::telemetry {

class TableStore {
  public:
    TableStore(keyring::Keyring& keyring, std::size_t bytes_max)
        : keyring_(keyring), bytes_max_(bytes_max) {}

    /// Absent when the server has never sent it.
    TablePtr find(db::Tx& tx, ServerId server, wire::TableId id);
    /// Finds the push's table or, when the push brings it along, stores it; marks it as used today.
    /// Tables that were last used before `oldest_day` go when a new one comes.
    TablePtr admit(db::Tx& tx, ServerId server, const wire::Push& push, std::int64_t today,
                   std::int64_t oldest_day);
    /// After the commit.
    void remember(const Source& source, const TablePtr& table, std::int64_t used_day);
    void forget(const Source& source);

  private:
    struct Known {
        Source source;
        TablePtr table;
        std::int64_t used_day;
        std::size_t bytes;
    };
    struct Key {
        Source source;
        std::uint64_t id;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept {
            return SourceHash()(key.source) ^ key.id;
        }
    };
    struct Found {
        TablePtr table;
        std::int64_t used_day;
    };

    std::optional<Found> recall(const Key& key);
    std::optional<Found> look_up(db::Tx& tx, ServerId server, wire::TableId id);
    void insert(db::Tx& tx, ServerId server, const Table& table, std::int64_t day);

    keyring::Keyring& keyring_;
    const std::size_t bytes_max_;
    std::mutex mutex_;
    std::list<Known> known_; ///< the last used first
    std::unordered_map<Key, std::list<Known>::iterator, KeyHash> by_key_;
    std::size_t bytes_ = 0;
};

} // namespace atalaya::telemetry
