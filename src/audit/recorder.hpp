// Puts what a transaction did on the record, as the transaction's last step.
//
// One Recorder for each attempt of a transaction, on its worker's thread, alive until that
// transaction ended:
//
//     Recorder recorder(heads, sealer, seal_key, clock, random, actor);
//     ... domain statements, recorder.add(team, {...}) ...
//     recorder.append_to(tx);
//     tx.commit();
//     receipts = recorder.committed();
//
// When the head moved under it, COMMIT fails with SQLSTATE AT001 and the whole transaction runs
// again (db::run_transaction). A Recorder that goes without committed() forgets the heads it
// assumed.
#pragma once

#include "audit/encoding.hpp"
#include "audit/payload_sealer.hpp"
#include "audit/receipt.hpp"
#include "base/random.hpp"
#include "db/tx.hpp"
#include "shape/json.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace atalaya::audit {

/// What happened to which thing.
struct Event {
    std::string action;
    Outcome outcome = Outcome::ok;
    std::string resource_type{};
    Uuid resource_id{};
    std::string resource_name{};
    /// The fields that changed, as shape::changes gives them. Never a secret.
    shape::Json changes{};
    /// Set when the thing is a person: what changed is then closed with that person's key and holds
    /// the id, and the header says nil, because headers are for ever.
    std::optional<UserId> person{};
};

/// Who did it and from where. Empty members are left out of the record.
struct Actor {
    ActorKind kind = ActorKind::anonymous;
    UserId user{}; ///< nil unless kind is user or op; of a key, who made it
    KeyId key{};   ///< nil unless kind is key
    Uuid device{}; ///< an agent's server
    SessionId session{};
    std::string name{}, ip{}, user_agent{}, request_id{};
};

/// The last number of each chain as far as this process knows. Process-wide; any thread.
class Heads {
  public:
    std::optional<std::int64_t> find(const TeamId& team) const;
    void set(const TeamId& team, std::int64_t seq);
    void forget(const TeamId& team);

  private:
    mutable std::mutex mutex_;
    std::unordered_map<TeamId, std::int64_t> seqs_;
};

class Recorder {
  public:
    Recorder(Heads& heads, const PayloadSealer& sealer, const Secret& seal_key, const Clock& clock,
             Random& random, Actor actor);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// What needs the number that the event got: in the same transaction, in the scope of the
    /// event's team, behind the event. It queues and does not wait.
    using Then = std::function<void(db::Tx&, std::int64_t seq)>;
    /// Several events of one transaction keep their order. platform_team names the platform's own
    /// chain.
    void add(const TeamId& team, Event event, Then then = {});
    bool empty() const { return events_.empty(); }

    /// Queues the events behind everything else, teams in order. Waits only to read heads that are
    /// not known yet. Leaves the transaction in the scope of the last team.
    void append_to(db::Tx& tx);
    /// After COMMIT: one receipt for each event, in the order of add().
    std::vector<Receipt> committed();

  private:
    struct Entry {
        TeamId team;
        Event event;
        Then then;
        Receipt receipt;
    };
    std::int64_t head_of(db::Tx& tx, const TeamId& team);
    void append_one(db::Tx& tx, std::size_t index, std::int64_t seq);
    Hash commit_payload(Part part, const Header& header, const Owner& owner,
                        const std::string& body, Bytes& sealed);

    Heads& heads_;
    const PayloadSealer& sealer_;
    const Secret& seal_key_;
    const Clock& clock_;
    Random& random_;
    const Actor actor_;
    std::vector<Entry> events_;
    bool appended_ = false;
    bool settled_ = false;
};

/// Opens the chain of a new team; in that team's scope, before its first event. Heads then knows
/// it.
void open_chain(db::Tx& tx, const TeamId& team);

} // namespace atalaya::audit
