#include "db/postgres.hpp"

#include "base/log.hpp"
#include "db/postgres_files.hpp"
#include "db/process.hpp"

#include <algorithm>
#include <condition_variable>
#include <libpq-fe.h>
#include <mutex>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace atalaya::db {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto fast_stop_max = 30s;
constexpr int early_ends_max = 3;

std::string conninfo_quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "'";
}

} // namespace

/// All state; the thread owns the child from fork to reaping. It is this thread that forks, every
/// time: the kernel ends the child when the thread that made it ends.
struct Postgres::Supervisor {
    explicit Supervisor(PostgresOptions given)
        : options(std::move(given)), socket_dir(choose_socket_dir(options)) {}

    void supervise();
    void wait_until_ready();
    void stop();
    PGPing ping() const;

    PostgresOptions options;
    std::filesystem::path socket_dir;
    std::optional<Account> account;
    int lock = -1;
    std::thread thread;

    std::mutex mutex;
    std::condition_variable changed;
    bool stopping = false;
    pid_t child = 0;
    int ends = 0; ///< how often a child ended without being asked to
};

void Postgres::Supervisor::supervise() {
    std::unique_lock guard(mutex);
    for (auto pause = 50ms; !stopping;) {
        const auto started = steady_clock::now();
        try {
            const int output = open_log(options.directory);
            child = spawn({(options.binaries / "postgres").string(), "-D",
                           (options.directory / "data").string()},
                          *account, output, options.directory, true);
            close(output);
        } catch (const std::exception& error) {
            log::error("postgres.not_started", {{"reason", error.what()}});
        }
        if (child > 0) {
            guard.unlock();
            siginfo_t info{}; // waits without reaping, so that the pid stays ours until the lock is
                              // held again
            while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) < 0 &&
                   errno == EINTR) {
            }
            guard.lock();
            int status = 0;
            waitpid(child, &status, 0);
            child = 0;
            if (!stopping)
                log::warning(
                    "postgres.ended",
                    {{"how", WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                 : "exit " + std::to_string(WEXITSTATUS(status))}});
        }
        if (!stopping)
            ++ends;
        changed.notify_all();
        // A postmaster that was killed leaves backends behind for a moment; until they are gone the
        // next one refuses to start, and nothing of theirs may be removed.
        pause = steady_clock::now() - started > 5s
                    ? 50ms
                    : std::min<std::chrono::milliseconds>(pause * 2, 1s);
        changed.wait_for(guard, pause, [&] { return stopping; });
    }
}

PGPing Postgres::Supervisor::ping() const {
    const std::string address =
        "host=" + conninfo_quoted(socket_dir.string()) + " dbname=postgres user=atalaya_super";
    return PQping(address.c_str());
}

void Postgres::Supervisor::wait_until_ready() {
    auto deadline = steady_clock::now() + options.start_patience;
    for (;;) {
        const PGPing answer = ping();
        if (answer == PQPING_OK)
            return;
        if (answer == PQPING_REJECT) // it recovers; however long that takes
            deadline = steady_clock::now() + options.start_patience;
        std::unique_lock guard(mutex);
        const bool ended = ends >= early_ends_max && child == 0; // and no other is on its way
        const std::string words = ends > 0 ? last_words(options.directory) : "";
        // A server that died with us may still be shutting down; its lock file is what the new one
        // trips over.
        const bool passing = words.find("lock file") != std::string::npos ||
                             words.find("in use") != std::string::npos;
        if ((ended && !passing) || steady_clock::now() > deadline)
            throw StartRefused("start_failed", "PostgreSQL does not start. It says: " + words);
        changed.wait_for(guard, 10ms);
    }
}

void Postgres::Supervisor::stop() {
    {
        std::unique_lock guard(mutex);
        stopping = true;
        changed.notify_all();
        const auto gone = [&] { return child == 0; };
        if (child > 0)
            kill(child, SIGINT); // fast: ends sessions, writes a checkpoint
        if (!changed.wait_for(guard, fast_stop_max, gone)) {
            log::warning("postgres.slow_stop");
            kill(child, SIGQUIT); // immediate: recovers at the next start
            if (!changed.wait_for(guard, fast_stop_max, gone))
                kill(child, SIGKILL);
        }
    }
    if (thread.joinable())
        thread.join();
    // The directory that we chose ourselves may lie outside our own. It goes once it is empty.
    std::error_code ignored;
    if (lock >= 0 && options.socket_dir.empty())
        std::filesystem::remove(socket_dir, ignored);
    if (lock >= 0)
        close(lock);
    lock = -1;
}

Postgres::Postgres(PostgresOptions options)
    : supervisor_(std::make_unique<Supervisor>(std::move(options))) {}

Postgres::~Postgres() { stop(); }

void Postgres::start() {
    Supervisor& own = *supervisor_;
    own.options.directory = std::filesystem::absolute(own.options.directory);
    for (const Finding& finding : check(own.options)) {
        if (!finding.ok)
            throw StartRefused(finding.code, finding.text);
    }
    own.account = find_account(own.options.unprivileged_user);
    own.lock = lock_directory(own.options.directory);
    prepare_files(own.options, *own.account, own.socket_dir);
    own.thread = std::thread([&own] { own.supervise(); });
    try {
        own.wait_until_ready();
    } catch (...) {
        stop();
        throw;
    }
    const std::lock_guard guard(own.mutex);
    own.ends = 0;
}

void Postgres::stop() { supervisor_->stop(); }

std::string Postgres::server_dsn() const {
    return "host=" + conninfo_quoted(supervisor_->socket_dir.string());
}

std::string Postgres::dsn(const std::string& database) const {
    return server_dsn() + " dbname=" + conninfo_quoted(database);
}

int Postgres::pid() const {
    const std::lock_guard guard(supervisor_->mutex);
    return supervisor_->child;
}

int Postgres::restarts() const {
    const std::lock_guard guard(supervisor_->mutex);
    return supervisor_->ends;
}

} // namespace atalaya::db
