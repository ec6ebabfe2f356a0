// What the watch over the chains saw, and how far it is, in files that no restored database
// changes.
//
// Below <data>/watch: `state`, written here alone, and `accepted`, to which an operator's command
// adds. Owned by the program; any thread. A restart goes on where the last one ended and forgets no
// fault; a chain that is shorter than it was, or has another hash where it was followed to, is one.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace atalaya::server_program {

/// A chain as it was last followed.
struct Followed {
    Time at;
    std::int64_t duration_ms = 0;
    std::int64_t seq = 0;     ///< it last held up to here
    crypto::Hash hash{};      ///< of that event
    std::string reason{};     ///< why it does not hold now; empty: it does
    std::int64_t bad_seq = 0; ///< and where
    bool is_accepted = false; ///< an operator knows of it

    bool is_ok() const { return reason.empty(); }
    bool operator==(const Followed&) const = default;
};

class WatchMemory {
  public:
    /// Throws StartRefused when the state is there and cannot be read.
    explicit WatchMemory(std::filesystem::path data_directory);

    std::map<TeamId, Followed> chains() const;
    std::optional<Followed> find(TeamId team) const;
    /// The chain that was followed last; nil at first.
    TeamId position() const;
    /// Durable at once when the verdict changed, otherwise soon.
    void set(TeamId team, const Followed& followed);
    void save();

    /// One line when a chain does not hold and nobody accepted that. Anybody may read it, so that
    /// whose chain it is stands in the log only.
    std::string why_not_ready() const;
    std::int64_t accepted_until(TeamId team) const;

  private:
    void save_locked();

    const std::filesystem::path directory_;
    mutable std::mutex mutex_;
    std::map<TeamId, Followed> chains_;
    TeamId position_;
    std::chrono::steady_clock::time_point saved_at_{};
};

/// Up to which event an operator takes this chain as it is; 0: not at all.
std::int64_t accepted_until(const std::filesystem::path& data_directory, TeamId team);
/// What `atalaya audit accept TEAM SEQ` writes.
void accept_chain(const std::filesystem::path& data_directory, TeamId team, std::int64_t until);

} // namespace atalaya::server_program
