// A database with audited rows of many teams, and a plain table of the same rows for comparison.
//
// On a private PostgreSQL that keeps its promises (fsync on), below a directory of the caller's.
// Owned by main(); the constructor takes some seconds and throws when anything is missing.
#pragma once

#include "audit/keyring_sealer.hpp"
#include "audit/recorder.hpp"
#include "base/random.hpp"
#include "db/postgres.hpp"
#include "db/statement.hpp"
#include "keyring/keyring.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace atalaya::bench {

inline constexpr std::size_t team_count = 64;
inline constexpr int things_per_team = 200;

/// `note` of one thing; the row exists.
extern const db::Statement update_thing;

class Stage {
  public:
    explicit Stage(const std::filesystem::path& directory);

    /// As the server's own role, under row-level security.
    db::ConnectionOptions connection_options() const;
    /// Until there are so many. Those beyond team_count have no things.
    void add_teams(std::size_t count);
    /// The caller's, for files of a measure.
    const std::filesystem::path& directory() const { return directory_; }
    /// For pgbench, as superuser: its table is public.things_plain (id, note, revision).
    std::string plain_dsn() const;
    /// A person on whose behalf everything happens.
    audit::Actor actor() const;

    SystemRandom random;
    SystemClock clock;
    std::unique_ptr<keyring::Keyring> keyring;
    std::unique_ptr<audit::KeyringSealer> sealer;
    Secret seal_key;
    audit::Heads heads;
    std::vector<TeamId> teams;
    std::vector<Uuid> things; ///< things_per_team for each team, in the order of the teams
    UserId person;

  private:
    void make_tables();

    const std::filesystem::path directory_;
    std::unique_ptr<db::Postgres> postgres_;
    Secret context_key_;
};

/// What happens to a thing, as a handler would put it on the record.
audit::Event describe_update(const Uuid& thing);

} // namespace atalaya::bench
