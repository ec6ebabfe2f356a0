// What is remembered of API keys between requests: who they are, for a second; that their secret
// was proved, for a minute; and from which origins browsers may ask.
//
// Owned by Identities; any thread; never blocks, but for verify(). Whoever revokes or changes a
// key in this process calls forget_key, and it is dead at once; other processes that serve the
// same database notice within the second.
#pragma once

#include "access/caller.hpp"
#include "base/random.hpp"
#include "crypto/api_key.hpp"
#include "net/address.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace atalaya::api {

/// Of the blind index under which an origin is found, whatever its team.
inline constexpr std::string_view key_origin_purpose = "api_key.origin";

/// A key and what stands behind it now. What may change is at most a second old.
struct KeyIdentity {
    KeyId key;
    TeamId team;
    UserId creator;
    std::string name;
    bool active = false; ///< acknowledged and not revoked
    std::optional<Time> expires_at;
    std::optional<access::Role> role; ///< the creator's in the team; absent: left it
    bool require_2fa = false;         ///< the team's rule
    bool second_factor = false;       ///< the creator has one
    std::vector<std::string> scopes;
    std::vector<net::Network> ip_allow;    ///< empty: from anywhere
    std::vector<std::string> cors_origins; ///< whose pages may use it
    crypto::Fingerprint fingerprint{};
    std::string verifier;

    bool is_live(Time now) const { return active && role && (!expires_at || *expires_at > now); }
};
/// Shared by the memory and the requests that run.
using SharedKeyIdentity = std::shared_ptr<const KeyIdentity>;

class KeyMemory {
  public:
    KeyMemory(const Clock& clock, Random& random);

    /// Null: it must be looked up, and remembered with the epoch from before.
    SharedKeyIdentity recall(const std::string& public_id) const;
    std::uint64_t epoch() const;
    void remember(const std::string& public_id, SharedKeyIdentity identity, std::uint64_t epoch);

    /// Whether this very key was verified within the last minute.
    bool is_verified(const KeyIdentity& identity, const crypto::ApiKey& key) const;
    /// Runs the slow verifier, unless another request did meanwhile. On a slow worker.
    bool verify(const KeyIdentity& identity, const crypto::ApiKey& key);
    /// How often the slow verifier ran.
    std::uint64_t verifications() const { return verifications_; }

    std::optional<bool> recall_origin(const crypto::Hash& index) const;
    void remember_origin(const crypto::Hash& index, bool known, std::uint64_t epoch);

    /// True once a minute for each key: its use should be noted.
    bool is_use_due(KeyId key);

    void forget_key(KeyId key);
    /// The role of whoever made it may have changed.
    void forget_creator(UserId user);

  private:
    template <class T>
    struct Remembered {
        T value;
        Time until;
    };
    template <class T>
    using Memory = std::unordered_map<std::string, Remembered<T>>;

    std::string proof_of(const KeyIdentity& identity, const crypto::ApiKey& key) const;

    const Clock& clock_;
    const Secret process_key_; ///< so that nobody can prepare what is_verified compares
    mutable std::mutex mutex_;
    Memory<SharedKeyIdentity> identities_;
    Memory<KeyId> verified_;
    Memory<bool> origins_;
    std::unordered_map<KeyId, Time> noted_;
    /// Raised by every forget_*: what was looked up before it may not be remembered.
    std::uint64_t epoch_ = 0;
    std::atomic<std::uint64_t> verifications_ = 0;
};

} // namespace atalaya::api
