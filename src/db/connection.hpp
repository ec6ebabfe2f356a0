// One connection to PostgreSQL in pipeline mode, with its prepared statements.
//
// Owned by a Pool worker (or a test) and used by that thread only. It connects when first needed
// and again after a loss; when the server stays away longer than `patience`, the transaction gets
// Problem unavailable. There is no way to send a statement here: that is Tx.
#pragma once

#include "base/secret.hpp"
#include "base/time.hpp"
#include "db/args.hpp"
#include "db/rows.hpp"
#include "db/statement.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

struct pg_conn;

namespace atalaya::db {

struct ConnectionOptions {
    std::string dsn; ///< libpq's form: "host=/run/atalaya dbname=atalaya"
    std::string role = "atalaya_app";
    Secret context_key;           ///< 32 bytes; the database holds the same (set_context_key)
    const Clock* clock = nullptr; ///< null: the system's
    std::chrono::milliseconds statement_timeout{10'000};
    std::chrono::milliseconds patience{5'000};
    std::chrono::seconds context_lifetime{600};
    /// Told of each statement when this connection prepares it: the suite's record of what was ever
    /// executed.
    std::function<void(const Statement&)> on_first_use;
};

class Connection {
  public:
    explicit Connection(ConnectionOptions options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects if there is no connection. Throws Problem unavailable.
    void ensure();
    bool is_connected() const { return conn_ != nullptr; }
    /// Keeps the connection only if no transaction is open on it.
    void check_in() noexcept;
    void close() noexcept;

    int backend_pid() const;
    /// How often this object waited for the server, connecting apart.
    std::uint64_t round_trips() const { return round_trips_; }
    const ConnectionOptions& options() const { return options_; }

  private:
    friend class Tx;

    struct Pending {
        const Statement* statement;
        bool prepare;
        std::function<void(const Rows&)> on_result;
    };
    struct Answer {
        std::function<void(const Rows&)> on_result;
        Rows rows;
    };
    /// Queues a statement; nothing waits.
    void send(const Statement& statement, const Args& args,
              std::function<void(const Rows&)> on_result = {});
    /// Sends all that is queued and waits for every answer. Throws for the first failure.
    std::vector<Answer> round_trip();
    /// Ends whatever block is open; closes the connection when that fails.
    void roll_back() noexcept;
    std::string sealed_context(const Uuid& team, const Uuid& actor) const;

    /// Why it failed, or nothing.
    std::optional<std::string> connect_once();
    void prepare(const Statement& statement);
    [[noreturn]] void fail(pg_result* failed, const Statement& statement);
    [[noreturn]] void lost(const Statement& statement);

    ConnectionOptions options_;
    SystemClock system_clock_;
    pg_conn* conn_ = nullptr;
    std::vector<Pending> pending_;
    std::unordered_map<std::string_view, std::string_view> prepared_; ///< name to text
    std::int64_t postmaster_start_us_ = 0;
    std::uint64_t round_trips_ = 0;
    std::optional<std::chrono::steady_clock::time_point> down_since_;
};

} // namespace atalaya::db
