// From a token to who bears it: sessions of people and tokens of agents.
//
// Owned by the program; any thread. What was looked up is remembered for a few seconds, so that
// most requests need no look-up; whoever ends a session or a token in this process calls forget_*,
// and it is dead at once.
#pragma once

#include "access/caller.hpp"
#include "api/key_memory.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"
#include "db/connection.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace atalaya::api {

struct SessionIdentity {
    SessionId session;
    UserId user;
    std::string name;
    Time created_at, expires_at, last_used_at;
    Time assured_at;            ///< when the person last proved to be present
    bool second_factor = false; ///< the account has one, and this session was opened with it
    bool is_operator = false;
    std::optional<TeamId> sso_team; ///< opened on the word of that team's provider
    std::vector<access::Membership> memberships;
};

struct AgentIdentity {
    TeamId team;
    ServerId server;
};

/// The look-ups themselves live with the modules that own the tables. They run on the auth pool and
/// block.
struct IdentitySource {
    std::function<std::optional<SessionIdentity>(db::Connection&, const crypto::Hash&)>
        find_session;
    std::function<std::optional<AgentIdentity>(db::Connection&, const crypto::Hash&)> find_agent;
    std::function<std::optional<KeyIdentity>(db::Connection&, const std::string& public_id)>
        find_key;
    /// Whether any key that is in use names this origin (by its blind index).
    std::function<bool(db::Connection&, const crypto::Hash&)> is_key_origin;
    std::function<void(db::Connection&, const KeyIdentity&, const std::string& address)>
        note_key_use;
};

class Identities {
  public:
    Identities(IdentitySource source, const Clock& clock, Random& random)
        : source_(std::move(source)), clock_(clock), keys_(clock, random) {}

    /// What is remembered of a token; nullopt: it must be looked up.
    std::optional<SessionIdentity> remembered_session(const crypto::Hash& token_hash) const;
    std::optional<AgentIdentity> remembered_agent(const crypto::Hash& token_hash) const;
    /// Looks up and remembers. On a worker of the auth pool.
    std::optional<SessionIdentity> look_up_session(db::Connection& connection,
                                                   const crypto::Hash& token_hash);
    std::optional<AgentIdentity> look_up_agent(db::Connection& connection,
                                               const crypto::Hash& token_hash);

    KeyMemory& keys() { return keys_; }
    /// Null when there is no such key.
    SharedKeyIdentity look_up_key(db::Connection& connection, const std::string& public_id);
    bool look_up_key_origin(db::Connection& connection, const crypto::Hash& index);
    void note_key_use(db::Connection& connection, const KeyIdentity& key,
                      const std::string& address) {
        source_.note_key_use(connection, key, address);
    }

    void forget_session(SessionId session);
    void forget_user(UserId user);
    void forget_agent(ServerId server);

  private:
    template <class Identity>
    struct Remembered {
        Identity identity;
        Time until;
    };
    template <class Identity>
    using Memory = std::unordered_map<std::string, Remembered<Identity>>;

    template <class Identity>
    using Source = std::function<std::optional<Identity>(db::Connection&, const crypto::Hash&)>;
    template <class Identity>
    std::optional<Identity> look_up(Memory<Identity>& memory, const Source<Identity>& find,
                                    db::Connection& connection, const crypto::Hash& token_hash);

    const IdentitySource source_;
    const Clock& clock_;
    KeyMemory keys_;
    mutable std::mutex mutex_;
    Memory<SessionIdentity> sessions_;
    Memory<AgentIdentity> agents_;
    /// Raised by every forget_*: a look-up that began before it may not be remembered.
    std::uint64_t epoch_ = 0;
};

} // namespace atalaya::api
