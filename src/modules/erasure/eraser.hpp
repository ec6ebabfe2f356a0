// Carries out erasures of people behind the requests that asked for them: one thread, which takes
// what is due and goes on where it was interrupted, even by the end of the process.
//
// Chain by chain it takes the person's bodies out of the record, a bounded batch in each
// transaction, with one tombstone event for each batch; then what else names the person goes, then
// the key, and last the note of what is due. Whatever it does can be done again. Owned by the
// instance; start() and stop() are for the owner's thread.
#pragma once

#include "api/services.hpp"
#include "audit/erasure.hpp"
#include "base/background_task.hpp"

#include <functional>

namespace atalaya::erasure {

class Eraser {
  public:
    /// `list_chains` gives every team and the platform's own, and is called on the eraser's thread.
    Eraser(api::Services& services, std::function<std::vector<TeamId>()> list_chains);

    void start() { task_.start(); }
    /// Idempotent. Before the pools stop.
    void stop() { task_.stop(); }

    /// Carries out what is due. For the own thread, and for tests that start none.
    void run_once(std::stop_token stop = {});

  private:
    struct Due;

    std::vector<Due> list_due();
    void carry_out(const Due& due, std::stop_token stop);
    void tidy(const Due& due, TeamId chain);
    bool walk(const Due& due, TeamId chain, std::stop_token stop);
    bool step(const Due& due, TeamId chain);
    void finish(const Due& due);

    api::Services& services_;
    const std::function<std::vector<TeamId>()> list_chains_;
    BackgroundTask task_;
};

} // namespace atalaya::erasure
