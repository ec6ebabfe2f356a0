// For `*_pgtest.cpp` about series: a BlockStore over a fresh database with two teams, a model of
// what it must give back, and a compactor that may be interrupted.
#pragma once

#include "support/pgtest.hpp"
#include "telemetry/block_compactor.hpp"
#include "telemetry/block_store.hpp"

#include <bit>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>

namespace atalaya::telemetry::test {

inline Labels series(std::string name, std::string instance) {
    return {{std::string(metric_name_label), std::move(name)}, {"instance", std::move(instance)}};
}

/// The bits of each value at its time, so that each NaN is itself.
using Points = std::map<std::int64_t, std::uint64_t>;
using Model = std::map<Labels, Points>;

struct Lines {
    Labels labels;
    std::vector<Sample> samples;
};

struct BlockStoreTest : testing::Test {
    BlockStoreTest() {
        keyring->create_key(ours.team);
        keyring->create_key(theirs.team);
    }
    ~BlockStoreTest() override {
        store.reset();
        keyring.reset();
        std::filesystem::remove_all(directory);
    }

    std::unique_ptr<BlockStore> make_store(BlockStoreOptions options = {}) {
        return std::make_unique<BlockStore>(*keyring, clock, random, options);
    }

    /// As the endpoint does; and the model learns what was taken.
    Written write(BlockStore& to, const db::Scope& scope, const std::vector<Lines>& lines) {
        std::vector<std::vector<LabelView>> labels;
        std::vector<SeriesWrite> writes;
        for (const Lines& each : lines) {
            auto& views = labels.emplace_back();
            for (const Label& label : each.labels) {
                views.push_back({label.name, label.value});
            }
            writes.push_back({{}, each.samples});
        }
        for (std::size_t i = 0; i < writes.size(); ++i) {
            writes[i].labels = labels[i];
        }
        const Written written =
            db::transact(connection, scope, [&](db::Tx& tx) { return to.append(tx, writes); });
        to.publish(scope.team, written);
        std::size_t wanted = 0;
        for (const Lines& each : lines) {
            wanted += each.samples.size();
        }
        if (written.samples == wanted)
            note(scope, lines);
        return written;
    }
    void note(const db::Scope& scope, const std::vector<Lines>& lines) {
        for (const Lines& each : lines) {
            for (const Sample& sample : each.samples) {
                models_[scope.team][each.labels][sample.time_ms] =
                    std::bit_cast<std::uint64_t>(sample.value);
            }
        }
    }
    const Model& model(const db::Scope& scope) { return models_[scope.team]; }

    Model read(BlockStore& from, const db::Scope& scope, const promql::Matchers& matchers = {},
               promql::TimeRange range = {0, std::int64_t{1} << 50}) {
        Model model;
        db::transact(connection, scope, [&](db::Tx& tx) {
            model.clear();
            from.select(tx, matchers, range, [&](const promql::SeriesView& view) {
                EXPECT_TRUE(std::ranges::is_sorted(view.times_ms, std::less_equal()));
                EXPECT_FALSE(model.contains(*view.labels)) << "a series came twice";
                Points& points = model[*view.labels];
                for (std::size_t i = 0; i < view.times_ms.size(); ++i) {
                    points[view.times_ms[i]] = std::bit_cast<std::uint64_t>(view.values[i]);
                }
            });
        });
        return model;
    }
    std::int64_t ago_ms(std::int64_t seconds) const {
        return clock.now().us / 1000 - seconds * 1000;
    }

    SystemRandom random;
    std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("series-" + to_string(random.uuid()));
    std::unique_ptr<keyring::Keyring> keyring = keyring::Keyring::open(directory, random);
    pgtest::TestDatabase database;
    db::Connection connection{database.options()};
    db::Scope ours{TeamId(random.uuid()), UserId(random.uuid())};
    db::Scope theirs{TeamId(random.uuid()), UserId(random.uuid())};
    ManualClock clock{SystemClock().now()};
    std::unique_ptr<BlockStore> store = make_store();

  private:
    std::map<TeamId, Model> models_;
};

struct Interrupted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct CompactedTest : BlockStoreTest {
    std::unique_ptr<BlockCompactor> make_compactor(std::string_view break_at = {}) {
        CompactorParts parts{*keyring, store->memory(), [this] {
                                 return std::vector<TeamId>{ours.team, theirs.team};
                             }};
        parts.list_rules = list_rules;
        parts.before_commit = [break_at](std::string_view step) {
            if (step == break_at)
                throw Interrupted(std::string(step));
        };
        return std::make_unique<BlockCompactor>(database.options(), std::move(parts));
    }
    void compact(bool everything = true, std::string_view break_at = {}) {
        make_compactor(break_at)->run_once(everything);
    }
    /// Tomorrow's, for tests that need hours of a day that is not over; gives its midnight.
    std::int64_t go_to_afternoon_ms() {
        const std::int64_t midnight_ms = floor_to(clock.now().us / 1000, day_ms) + day_ms;
        clock.advance(std::chrono::milliseconds(midnight_ms - clock.now().us / 1000) +
                      std::chrono::hours(14));
        return midnight_ms;
    }
    std::string count(const std::string& table) {
        return *database.value("select count(*) from app." + table);
    }

    std::function<std::vector<RetentionRule>(db::Tx&)> list_rules = [](db::Tx&) {
        return std::vector<RetentionRule>();
    };
};

} // namespace atalaya::telemetry::test
