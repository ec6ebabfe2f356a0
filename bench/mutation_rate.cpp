#include "bench/mutation_rate.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "db/pool.hpp"
#include "db/tx.hpp"

#include <atomic>
#include <latch>
#include <random>
#include <stdexcept>
#include <thread>

namespace atalaya::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t connections = 8;
constexpr std::size_t clients = 64;
/// Connections are made, statements prepared, heads known.
constexpr std::chrono::milliseconds warm_up{700};

class Load {
  public:
    Load(Stage& stage, std::size_t teams)
        : stage_(stage), teams_(teams), pool_({stage.connection_options(), connections, clients}) {
        for (std::size_t client = 0; client < clients; ++client)
            dice_.emplace_back(client + 1);
    }

    double run(std::chrono::milliseconds time) {
        for (std::size_t client = 0; client < clients; ++client)
            send(client);
        std::this_thread::sleep_for(warm_up);
        const auto start = Steady::now();
        const std::size_t before = done_;
        std::this_thread::sleep_for(time);
        const auto count = static_cast<double>(done_ - before);
        const std::chrono::duration<double> taken = Steady::now() - start;
        stopping_ = true;
        all_ended_.wait();
        pool_.stop();
        if (failed_ > 0)
            throw std::runtime_error("mutations failed: " + std::to_string(failed_));
        return count / taken.count();
    }

  private:
    /// The client's next mutation; the one before has ended.
    void send(std::size_t client) {
        const std::size_t team = dice_[client]() % teams_;
        const std::size_t thing = team * things_per_team + dice_[client]() % things_per_team;
        const bool taken = pool_.submit({&stage_.teams[team], 1}, [=, this](db::Connection& one) {
            try {
                mutate(one, stage_.teams[team], stage_.things[thing]);
                ++done_;
            } catch (const std::exception& failure) {
                log::error("mutation failed", {{"reason", failure.what()}});
                ++failed_;
            }
            if (stopping_ || failed_ > 0)
                all_ended_.count_down();
            else
                send(client);
        });
        CHECK(taken);
    }

    void mutate(db::Connection& connection, const TeamId& team, const Uuid& thing) {
        const db::Scope scope{team, stage_.person};
        db::run_transaction(connection, scope, [&](db::Tx& tx) {
            audit::Recorder recorder(stage_.heads, *stage_.sealer, stage_.seal_key, stage_.clock,
                                     stage_.random, stage_.actor());
            tx.defer(update_thing, {{"team_id", team}, {"id", thing}, {"note", "the note after"}});
            recorder.add(team, describe_update(thing));
            recorder.append_to(tx);
            tx.commit();
            recorder.committed();
        });
    }

    Stage& stage_;
    const std::size_t teams_;
    std::vector<std::minstd_rand> dice_; ///< one for each client, which has one task at a time
    std::atomic<std::size_t> done_ = 0, failed_ = 0;
    std::atomic<bool> stopping_ = false;
    std::latch all_ended_{clients};
    db::Pool pool_;
};

} // namespace

double measure_mutations(Stage& stage, std::size_t teams, std::chrono::milliseconds time) {
    return Load(stage, teams).run(time);
}

} // namespace atalaya::bench
