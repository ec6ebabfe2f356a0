#include "base/log.hpp"
#include "base/text.hpp"
#include "db/external.hpp"
#include "db/migrate.hpp"
#include "db/script_session.hpp"
#include "server/database.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>

namespace atalaya::server_program {
namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 1s;
/// How long a server that died may still seem to hold the database.
constexpr auto lock_patience = 10s;

/// libpq takes a password from here when a connection string holds none, so that none has to.
void hand_password_to_libpq(const Secret& password) {
    setenv("PGPASSWORD", std::string(password.reveal_text()).c_str(), 1);
}

db::ExternalServer read_settings(const config::Config& config) {
    if (config.database.dsn.empty())
        throw StartRefused("database.dsn is not set: it says where the external PostgreSQL is. "
                           "`atalaya up` brings its own.");
    db::ExternalServer server = db::parse_external(config.database.dsn);
    if (server.administrator.empty() && !server.password.empty())
        hand_password_to_libpq(server.password);
    if (config.database.password_file.empty())
        return server;
    const auto text = read_file(config.database.password_file);
    if (!text || trim(*text).empty())
        throw StartRefused("no password can be read from database.password_file, " +
                           config.database.password_file);
    hand_password_to_libpq(Secret(trim(*text)));
    return server;
}

class ExternalDatabase final : public Database {
  public:
    explicit ExternalDatabase(const config::Config& config) : server_(read_settings(config)) {}
    ~ExternalDatabase() override { ExternalDatabase::stop(); }

    std::vector<db::Finding> check() const override;
    void start() override;
    void stop() override;
    bool is_disk_low() const override { return false; }
    std::string why_not_ready() const override {
        const std::lock_guard lock(mutex_);
        return reason_;
    }
    std::string server_dsn() const override { return server_.hosts; }
    std::string name() const override { return server_.database; }
    std::filesystem::path files() const override { return {}; }
    std::string become_superuser() const override {
        if (!server_.administrator.empty() && !server_.password.empty())
            hand_password_to_libpq(server_.password);
        return server_.administrator;
    }

  private:
    bool take_lock();
    std::string look();
    void watch();

    const db::ExternalServer server_;
    std::optional<db::ScriptSession> session_; ///< the watcher's once it runs; holds the lock
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string reason_;
    bool stopping_ = false;
    std::thread watcher_;
};

std::vector<db::Finding> ExternalDatabase::check() const {
    auto findings = db::check(server_);
    const bool fit = std::all_of(findings.begin(), findings.end(),
                                 [](const db::Finding& finding) { return finding.ok; });
    // Where there is an administrator, start() lays the roles down first.
    if (fit && server_.administrator.empty()) {
        const auto roles = db::check_roles(server_);
        findings.insert(findings.end(), roles.begin(), roles.end());
    }
    return findings;
}

void ExternalDatabase::start() {
    if (!server_.administrator.empty()) {
        db::bootstrap(server_.administrator_dsn(), server_.database, server_.administrator);
        for (const db::Finding& finding : db::check_roles(server_)) {
            if (!finding.ok)
                throw StartRefused(finding.text);
        }
    }
    // Two servers would each replace the other's key of the sealed scope.
    const auto deadline = std::chrono::steady_clock::now() + lock_patience;
    while (!take_lock()) {
        if (std::chrono::steady_clock::now() >= deadline)
            throw StartRefused("another atalaya serves from database " + server_.database +
                               " already; only one may");
        std::this_thread::sleep_for(200ms);
    }
    watcher_ = std::thread([this] { watch(); });
}

void ExternalDatabase::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (watcher_.joinable())
        watcher_.join();
    session_.reset();
}

bool ExternalDatabase::take_lock() {
    if (!session_)
        session_.emplace(server_.hosts, server_.database, "atalaya_migrate");
    return session_->value("select pg_try_advisory_lock(hashtext('atalaya.serve'))") == "t";
}

std::string ExternalDatabase::look() {
    try {
        if (!session_ && !take_lock()) {
            session_.reset();
            return "another server took the database";
        }
        if (session_->value("select pg_is_in_recovery()") == "f")
            return "";
        session_.reset(); // what was the primary is a standby now
        return "the database takes no changes";
    } catch (const std::exception&) {
        session_.reset();
        return "the database cannot be reached";
    }
}

void ExternalDatabase::watch() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, look_interval, [&] { return stopping_; })) {
        lock.unlock();
        std::string reason = look();
        lock.lock();
        if (reason == reason_)
            continue;
        if (reason.empty())
            log::info("database.back");
        else
            log::warning("database.away", {{"reason", reason}});
        reason_ = std::move(reason);
    }
}

} // namespace

std::unique_ptr<Database> make_external_database(const config::Config& config) {
    return std::make_unique<ExternalDatabase>(config);
}

std::unique_ptr<Database> make_configured_database(const config::Config& config) {
    return config.database.dsn.empty() ? make_embedded_database(config)
                                       : make_external_database(config);
}

} // namespace atalaya::server_program
