// For `*_pgtest.cpp` of this room: a store over a fresh database, with two teams. Ticks lie around
// the real time, since the database decides by its own clock which hours may exist.
#pragma once

#include "db/migrate.hpp"
#include "support/pgtest.hpp"
#include "telemetry/push_store.hpp"
#include "telemetry/test_push.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace atalaya::telemetry::test {

struct StoreTest : testing::Test {
    StoreTest() {
        for (const TeamId team : {ours.team, theirs.team}) {
            keyring->create_key(team);
        }
    }
    ~StoreTest() override {
        keyring.reset();
        std::filesystem::remove_all(directory);
    }

    std::unique_ptr<PushStore> make_store(PushStoreOptions options = {}) {
        return std::make_unique<PushStore>(*keyring, clock, options);
    }
    /// As the endpoint does.
    AppendResult push(PushStore& to, const wire::Push& what) {
        const Appended done =
            db::transact(connection, ours, [&](db::Tx& tx) { return to.append(tx, server, what); });
        to.publish(ours.team, server, what, done);
        return done.result;
    }
    Range read(PushStore& from, const RangeQuery& query) {
        return db::transact(connection, ours,
                            [&](db::Tx& tx) { return from.range(tx, server, query); });
    }
    RangeQuery last(Micros span, std::size_t points = 5'000) const {
        return {clock.now() - span, clock.now() + std::chrono::minutes(10), points, {}};
    }
    std::int64_t ago_ms(Micros span) const { return (clock.now() - span).us / 1000; }

    SystemRandom random;
    std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("telemetry-" + to_string(random.uuid()));
    std::unique_ptr<keyring::Keyring> keyring = keyring::Keyring::open(directory, random);
    pgtest::TestDatabase database;
    db::Connection connection{database.options()};
    db::Scope ours{TeamId(random.uuid()), UserId(random.uuid())};
    db::Scope theirs{TeamId(random.uuid()), UserId(random.uuid())};
    ServerId server{random.uuid()};
    /// Full ten seconds.
    ManualClock clock{Time{SystemClock().now().us / 10'000'000 * 10'000'000}};
    std::unique_ptr<PushStore> store = make_store();
};

} // namespace atalaya::telemetry::test
