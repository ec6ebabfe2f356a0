// A PostgreSQL of our own: a child process with its own data directory, reached over a unix socket
// only.
//
// Owned by the program (or a test process) and started from a thread of any age: a supervisor
// thread forks the child, so that the kernel ends the child when this process dies. A child that
// dies is started again until stop(). start() throws StartRefused with one line for the operator.
// Nothing here ever touches postmaster.pid.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace atalaya::db {

struct PostgresOptions {
    std::filesystem::path directory;            ///< ours alone: holds data/, lock, postgres.log
    std::filesystem::path socket_dir;           ///< empty: chosen by choose_socket_dir
    std::string unprivileged_user = "postgres"; ///< whom the child becomes when we are root
    /// A user of the system who alone may be atalaya_signer; empty: whoever we are.
    std::string signer_user;
    std::filesystem::path binaries = "/usr/lib/postgresql/15/bin";
    int max_connections = 40;
    std::string shared_buffers = "128MB";
    bool fsync = true; ///< false only for tests whose data may vanish with the machine
    std::uint64_t disk_free_min_bytes = 200'000'000;
    std::chrono::seconds start_patience{60};
};

/// One thing that was looked at: `code` is stable, `text` says what is and, if it is wrong, what to
/// do.
struct Finding {
    std::string code;
    bool ok;
    std::string text;
};

/// Everything that start() demands, looked at without changing anything. Any thread.
std::vector<Finding> check(const PostgresOptions& options);

/// The given directory, or `<directory>/socket` when the socket's path fits into a unix address, or
/// else a short one under /run for root, and under $XDG_RUNTIME_DIR or /tmp for others.
std::filesystem::path choose_socket_dir(const PostgresOptions& options);

struct StartRefused : std::runtime_error {
    StartRefused(std::string code_, const std::string& text)
        : std::runtime_error(text), code(std::move(code_)) {}
    std::string code;
};

class Postgres {
  public:
    explicit Postgres(PostgresOptions options);
    /// Stops.
    ~Postgres();
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    /// Makes the cluster if there is none, starts it, and waits until it answers.
    void start();
    /// Ends all sessions and shuts down in order. Idempotent.
    void stop();

    /// "host=... dbname=<database>", for Connection and for psql.
    std::string dsn(const std::string& database = "atalaya") const;
    /// The same without dbname, for bootstrap and migrate.
    std::string server_dsn() const;
    /// Process id of the postmaster now; 0 while it is being started again.
    int pid() const;
    /// How often the child had to be started again.
    int restarts() const;

  private:
    struct Supervisor;
    std::unique_ptr<Supervisor> supervisor_;
};

} // namespace atalaya::db
