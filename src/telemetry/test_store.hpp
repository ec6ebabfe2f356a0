// For `*_pgtest.cpp` of this room: a store of frames over a fresh database, with two teams. Ticks
// lie around the real time, since the database decides by its own clock which days may exist.
#pragma once

#include "support/pgtest.hpp"
#include "telemetry/block_compactor.hpp"
#include "telemetry/frame_store.hpp"
#include "telemetry/test_push.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace atalaya::telemetry::test {

/// As one start of the program has them.
struct Stores {
    Stores(keyring::Keyring& keyring, const Clock& clock, Random& random,
           const BlockStoreOptions& options)
        : series(keyring, clock, random, options),
          frames(series, keyring, clock, options.retention) {}

    BlockStore series;
    FrameStore frames;
};

struct StoreTest : testing::Test {
    StoreTest() {
        for (const TeamId team : {ours.team, theirs.team}) {
            keyring->create_key(team);
        }
    }
    ~StoreTest() override {
        store.reset();
        keyring.reset();
        std::filesystem::remove_all(directory);
    }

    std::unique_ptr<Stores> make_store(const BlockStoreOptions& options = {}) {
        return std::make_unique<Stores>(*keyring, clock, random, options);
    }
    Appended append(Stores& to, db::Tx& tx, const wire::Push& what) {
        const Bytes bytes = wire::encode_push(what);
        const std::function<std::string()> find_name = [this] { return name; };
        return to.frames.append(tx, server, {what, bytes, find_name});
    }
    /// As the endpoint does.
    AppendResult push(Stores& to, const wire::Push& what) {
        const Appended done =
            db::transact(connection, ours, [&](db::Tx& tx) { return append(to, tx, what); });
        to.frames.publish(what, done);
        return done.result;
    }
    void erase(Stores& from, ServerId which) {
        db::transact(connection, ours, [&](db::Tx& tx) { from.frames.erase_server(tx, which); });
        from.frames.note_erased(ours.team, which);
    }
    void compact(Stores& of, bool everything = true) { make_compactor(of)->run_once(everything); }
    std::unique_ptr<BlockCompactor> make_compactor(Stores& of) {
        return std::make_unique<BlockCompactor>(
            database.options(), CompactorParts{*keyring, of.series.memory(), [this] {
                                                   return std::vector{ours.team, theirs.team};
                                               }});
    }
    Range read(Stores& from, const RangeQuery& query) { return read(from, query, ours); }
    Range read(Stores& from, const RangeQuery& query, const db::Scope& scope) {
        return db::transact(connection, scope,
                            [&](db::Tx& tx) { return from.frames.range(tx, server, query); });
    }
    /// As explorers see them.
    std::vector<Labels> list(Stores& of) {
        std::vector<Labels> all;
        db::transact(connection, ours, [&](db::Tx& tx) {
            of.series.select(tx, {}, {0, std::int64_t{1} << 50},
                             [&](const promql::SeriesView& each) { all.push_back(*each.labels); });
        });
        std::ranges::sort(all);
        return all;
    }
    RangeQuery last(Micros span, std::size_t points = 5'000) const {
        return {clock.now() - span, clock.now() + std::chrono::minutes(10), points, {}};
    }
    std::int64_t ago_ms(Micros span) const { return (clock.now() - span).us / 1000; }
    std::string count(const std::string& table) {
        return *database.value("select count(*) from app." + table);
    }

    SystemRandom random;
    std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("telemetry-" + to_string(random.uuid()));
    std::unique_ptr<keyring::Keyring> keyring = keyring::Keyring::open(directory, random);
    pgtest::TestDatabase database;
    db::Connection connection{database.options()};
    db::Scope ours{TeamId(random.uuid()), UserId(random.uuid())};
    db::Scope theirs{TeamId(random.uuid()), UserId(random.uuid())};
    ServerId server{random.uuid()};
    std::string name = "web-1";
    /// Full ten seconds.
    ManualClock clock{Time{SystemClock().now().us / 10'000'000 * 10'000'000}};
    std::unique_ptr<Stores> store = make_store();
};

} // namespace atalaya::telemetry::test
