// The PostgreSQL that the server stands on: a child of its own (`up`), or one that somebody else
// runs (`serve`). Everything above it is the same.
//
// Owned by the program, made and used on the main thread; why_not_ready() and is_disk_low() are for
// any thread.
#pragma once

#include "config/config.hpp"
#include "db/postgres.hpp"

#include <memory>

namespace atalaya::server_program {

class Database {
  public:
    virtual ~Database() = default;

    /// Everything that start() demands, looked at without changing anything.
    virtual std::vector<db::Finding> check() const = 0;
    /// Roles and schemas stand when it returns. Throws std::exception with one line for the
    /// operator.
    virtual void start() = 0;
    virtual void stop() = 0;
    /// Empty when it answers, otherwise why it does not.
    virtual std::string why_not_ready() const = 0;
    /// Changes have to wait. Never where the disk is not ours to look at.
    virtual bool is_disk_low() const = 0;

    /// libpq's keywords for the program's roles, without user and dbname.
    virtual std::string server_dsn() const = 0;
    virtual std::string name() const = 0;
    /// Where its files lie; empty when that is not on this machine.
    virtual std::filesystem::path files() const = 0;
    /// The role for whom everything is allowed; empty when the program knows none. What psql is
    /// started with after this signs in as that role.
    virtual std::string become_superuser() const = 0;
};

std::unique_ptr<Database> make_embedded_database(const config::Config& config);
/// Throws when database.dsn is missing or cannot be read.
std::unique_ptr<Database> make_external_database(const config::Config& config);
/// The one of these that the settings are for.
std::unique_ptr<Database> make_configured_database(const config::Config& config);

} // namespace atalaya::server_program
