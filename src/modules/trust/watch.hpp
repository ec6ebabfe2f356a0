// Runs the checks when they are due, and knows how each of them stands.
//
// Owned by the instance. start() and stop() for the owner's thread, standings() for any. A check
// that throws does not hold, and says why. When one begins to fail or holds again, that is an event
// on the platform's chain.
#pragma once

#include "base/background_task.hpp"
#include "db/tx.hpp"
#include "modules/trust/canary.hpp"
#include "modules/trust/text.hpp"

#include <map>
#include <mutex>
#include <optional>

namespace atalaya::trust {

struct Standing {
    Time at; ///< of the last run
    bool holds = false;
    Time since; ///< how long it has been so
    std::optional<Time> last_held_at;
    std::int64_t runs = 0;
    std::int64_t failures = 0;
    std::string detail;
};
using Standings = std::map<std::string, Standing, std::less<>>;
/// As they are kept; in the platform's scope.
Standings list_standings(db::Tx& tx);

class Watch {
  public:
    explicit Watch(Surroundings around);

    void start() { task_.start(); }
    /// Waits for the check that is running. Idempotent.
    void stop() { task_.stop(); }

    /// Of every check that ever ran here.
    Standings standings() const;
    /// What the operators say, as it was at the last look at what is due.
    Texts texts() const;
    /// Changes whenever standings() or texts() may.
    std::int64_t runs() const;

    /// Runs those that are due; for the own thread, and for tests that start none.
    void run_due(std::stop_token stop = {});

  private:
    void load();
    void load_texts();
    void run(const Check& check);

    CanarySessions canary_sessions_;
    const Surroundings around_;
    mutable std::mutex mutex_;
    Standings standings_;
    Texts texts_;
    std::int64_t runs_ = 0;
    bool loaded_ = false;
    BackgroundTask task_;
};

} // namespace atalaya::trust
