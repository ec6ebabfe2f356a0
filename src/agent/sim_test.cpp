// The agent's spool and courier against a server, over a bad network, with crashes and losses of
// power at any step, under a virtual clock. One seed is one run; a failing one prints its seed.
#include "agent/courier.hpp"
#include "agent/memory_disk.hpp"

#include "base/log.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace atalaya::agent {
namespace {

using Generator = std::mt19937_64;

constexpr std::int64_t start_ms = 1'763'800'000'000;

std::vector<wire::SeriesTable> make_tables() {
    std::vector<wire::SeriesTable> tables;
    for (const std::size_t size : {3u, 5u, 8u}) {
        wire::SeriesTable table;
        for (std::size_t i = 0; i < size; ++i)
            table.push_back(
                {.name = "series_" + std::to_string(i), .labels = {{"of", std::to_string(size)}}});
        tables.push_back(std::move(table));
    }
    return tables;
}
const std::vector<wire::SeriesTable> tables = make_tables();

/// So that a value in the wrong place shows.
double value_of(std::int64_t time_ms, std::size_t series) {
    return static_cast<double>(time_ms % 100'003) / 100 + static_cast<double>(series);
}

/// Keeps every push once, by stream and seq.
class Server {
  public:
    std::map<std::int64_t, int> delivered;
    std::uint64_t refused_ticks = 0;

    Answer take(BytesView frame, bool refuse) {
        const auto push = wire::parse_push(frame);
        EXPECT_TRUE(push.has_value()) << push.error().reason;
        if (pushes_.contains({push->stream, push->seq})) {
            EXPECT_EQ(pushes_.at({push->stream, push->seq}), push->times_ms)
                << "a push came again with other ticks";
            return {.outcome = Answer::Outcome::accepted, .table = push->table};
        }
        if (refuse) {
            refused_ticks += push->times_ms.size();
            return {.outcome = Answer::Outcome::refused};
        }
        if (push->series)
            known_.insert(push->table);
        else if (!known_.contains(push->table))
            return {.outcome = Answer::Outcome::series_unknown};
        pushes_[{push->stream, push->seq}] = push->times_ms;
        for (std::size_t i = 0; i < push->times_ms.size(); ++i) {
            ++delivered[push->times_ms[i]];
            for (std::size_t series = 0; series < push->series_count; ++series)
                EXPECT_EQ(push->column(series)[i], value_of(push->times_ms[i], series));
        }
        return {.outcome = Answer::Outcome::accepted, .table = push->table};
    }
    void forget_tables() { known_.clear(); }

  private:
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::int64_t>> pushes_;
    std::set<wire::TableId> known_;
};

class Simulation {
  public:
    Simulation(std::uint64_t seed, bool lossless)
        : generator_(seed), random_(seed), lossless_(lossless) {
        limits_ = {.bytes_max = lossless ? 1u << 20 : 3000u,
                   .segment_bytes = 300 + generator_() % 900,
                   .push_ticks_max = 1 + generator_() % 40};
        start();
    }

    void run() {
        for (int step = 0; step < 100; ++step) {
            if (chance(8))
                disk_.crash_after(generator_() % 12);
            try {
                live();
            } catch (const Crash&) {
                crash();
            }
        }
        drain();
        check();
    }

  private:
    bool chance(std::uint64_t percent) { return generator_() % 100 < percent; }

    void start() {
        disk_.never_crash();
        spool_.emplace(disk_, random_, limits_);
        courier_.emplace(*spool_, random_);
        courier_->set_facts({.hostname = "host.example"});
    }

    void crash() {
        const bool power = chance(40);
        courier_.reset();
        spool_.reset();
        if (power)
            disk_.lose_power(generator_);
        // The next start may be cut short as well.
        for (int tries = 0; tries < 3 && chance(30); ++tries) {
            try {
                disk_.crash_after(generator_() % 5);
                Spool(disk_, random_, limits_);
            } catch (const Crash&) {
            }
        }
        start();
        // What survived is the front of what was written; what was not synced may be missing at its
        // end.
        std::size_t kept = written_.size();
        while (kept > 0 && written_[kept - 1] != spool_->last_time_ms())
            --kept;
        if (!power) {
            ASSERT_GE(kept, certain_) << "a tick that was written did not outlive the program";
        }
        written_.resize(kept);
        certain_ = kept;
    }

    void live() {
        switch (generator_() % 4) {
        case 0:
        case 1:
            return tick();
        case 2:
            return send();
        default:
            now_ += Courier::Instant(generator_() % 90'000);
        }
    }

    void tick() {
        time_ms_ += 10'000;
        if (chance(3))
            time_ms_ -= 10'000 * 7 + 1; // the clock is set back; no time comes twice
        if (chance(5))
            table_ = generator_() % tables.size();
        Tick tick{.time_ms = time_ms_, .series = tables[table_]};
        for (std::size_t i = 0; i < tick.series.size(); ++i)
            tick.values.push_back(value_of(time_ms_, i));
        written_.push_back(time_ms_);
        if (!spool_->append(tick))
            written_.pop_back();
        certain_ = written_.size();
    }

    void send() {
        const auto frame = courier_->next_frame(now_);
        if (!frame)
            return;
        Answer answer{.outcome = Answer::Outcome::lost};
        if (chance(5))
            server_.forget_tables();
        if (chance(10))
            answer.outcome = Answer::Outcome::later;
        else if (chance(5))
            answer.outcome = Answer::Outcome::unauthorised;
        else if (chance(70)) {
            answer = server_.take(*frame, !lossless_ && chance(5));
            if (chance(20))
                answer = {.outcome = Answer::Outcome::lost}; // taken, but the answer is lost
        }
        if (chance(3))
            throw Crash{};
        courier_->answered(answer, now_);
    }

    void drain() {
        disk_.never_crash();
        for (int tries = 0; spool_->waiting() > 0 && tries < 2000; ++tries) {
            now_ += Courier::Instant(61'000);
            if (const auto frame = courier_->next_frame(now_))
                courier_->answered(server_.take(*frame, false), now_);
        }
        ASSERT_EQ(spool_->waiting(), 0u) << "the spool does not run empty";
    }

    void check() {
        for (const auto& [time, times] : server_.delivered)
            ASSERT_EQ(times, 1) << "tick " << time << " came " << times << " times";
        std::uint64_t missing = 0;
        for (const std::int64_t time : written_)
            missing += server_.delivered.contains(time) ? 0 : 1;
        if (lossless_) {
            ASSERT_EQ(missing, 0u);
        }
    }

    Generator generator_;
    SeededRandom random_;
    bool lossless_;
    SpoolLimits limits_;
    MemoryDisk disk_;
    std::optional<Spool> spool_;
    std::optional<Courier> courier_;
    Server server_;
    Courier::Instant now_{0};
    std::int64_t time_ms_ = start_ms;
    std::size_t table_ = 0;
    std::vector<std::int64_t>
        written_;             ///< ticks in the order of writing, the last one perhaps in doubt
    std::size_t certain_ = 0; ///< of them, those whose append came back
};

TEST(Simulation, EveryTickArrivesExactlyOnce) {
    log::set_level(log::Level::error);
    for (std::uint64_t seed = 1; seed <= 1000 && !HasFatalFailure() && !HasNonfatalFailure();
         ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation(seed, true).run();
    }
}

TEST(Simulation, NoTickArrivesTwiceWhenTheSpoolOverflowsAndPushesAreRefused) {
    log::set_level(log::Level::error);
    for (std::uint64_t seed = 1; seed <= 200 && !HasFatalFailure() && !HasNonfatalFailure();
         ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Simulation(seed, false).run();
    }
}

} // namespace
} // namespace atalaya::agent
