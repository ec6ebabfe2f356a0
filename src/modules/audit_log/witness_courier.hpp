// Takes each new checkpoint to the team's witnesses and brings back what they sign: one thread with
// one connection, one witness after the other.
//
// Owned by the program; start() and stop() are for the owner's thread. A witness that does not
// answer is asked again after a minute, then two, up to an hour. One that answers that it knows
// another history has found what no restored backup can hide: an event, once, and a state that
// stays until it cosigns again. It does not make the server unready, for a witness is the team's
// and may say what it likes.
#pragma once

#include "audit/checkpoints.hpp"
#include "audit/witness.hpp"
#include "base/background_task.hpp"
#include "db/connection.hpp"
#include "egress/http.hpp"
#include "keyring/keyring.hpp"
#include "modules/audit_log/witness.hpp"

#include <functional>
#include <map>
#include <tuple>

namespace atalaya::audit_log {

struct CourierParts {
    keyring::Keyring& keyring;
    const Clock& clock;
    egress::Send send;
    std::function<std::vector<TeamId>()> list_teams;
    /// Puts on the record that a witness knows another history.
    std::function<void(TeamId, const Witness&, const std::string& failure)> refused;
};

class WitnessCourier {
  public:
    WitnessCourier(db::ConnectionOptions connection, CourierParts parts);

    void start() { task_.start(); }
    /// After the witness that is being asked. Idempotent.
    void stop() { task_.stop(); }
    /// Looks at once instead of after its pause. Any thread.
    void wake() { task_.wake(); }

    /// Asks every witness for whom there is something new. For the own thread, and for tests that
    /// start none.
    void run_once(std::stop_token stop = {});

  private:
    struct Errand {
        audit::StoredCheckpoint checkpoint;
        audit::Note note;
        std::string origin;
        std::int64_t old_size = 0;
    };
    struct Outcome {
        std::optional<audit::NoteSignature> cosignature;
        std::string failure{};
        bool is_refused = false;
        std::optional<std::int64_t> known_size{}; ///< it says that it cosigned so much
    };

    void tend(TeamId team, const StoredWitness& stored);
    std::optional<Errand> find_errand(TeamId team, const StoredWitness& stored);
    Outcome ask(TeamId team, const Witness& witness, const Errand& errand);
    Outcome judge(const Witness& witness, const Errand& errand, const egress::Answer& answer) const;
    std::vector<audit::Hash> prove(TeamId team, std::int64_t from, std::int64_t to);
    void note(TeamId team, const StoredWitness& stored, const Errand& errand,
              const Outcome& outcome);

    const CourierParts parts_;
    db::Connection connection_;
    /// Hashes of whole subtrees, which never change: without them each proof would read the chain.
    std::map<std::tuple<TeamId, std::int64_t, std::int64_t>, audit::Hash> subtrees_;
    BackgroundTask task_;
};

/// How long until the next attempt after `attempts` failed ones; pure.
Micros witness_retry_delay(std::int64_t attempts);

} // namespace atalaya::audit_log
