// Everything of the server that stands between a running PostgreSQL and HTTP: keyring, schema,
// checks, pools, services.
//
// Owned by the program (or a test), made on the starting thread. The constructor brings the schema
// forward and checks the walls and the chains; it throws StartRefused with one line when the server
// must not serve. handle() is for any thread.
#pragma once

#include "api/announcements.hpp"
#include "api/downloads.hpp"
#include "api/event_streams.hpp"
#include "api/identities.hpp"
#include "api/serve.hpp"
#include "api/set_up.hpp"
#include "api/slow_workers.hpp"
#include "api/verifications.hpp"
#include "audit/keyring_sealer.hpp"
#include "audit/reader.hpp"
#include "audit/recorder.hpp"
#include "base/random.hpp"
#include "config/config.hpp"
#include "db/pool.hpp"
#include "keyring/keyring.hpp"
#include "modules/audit_log/indexer.hpp"
#include "modules/audit_log/stamper.hpp"
#include "modules/audit_log/streamer.hpp"
#include "modules/audit_log/witness_courier.hpp"
#include "modules/erasure/eraser.hpp"
#include "modules/outbox/postman.hpp"
#include "modules/trust/trust.hpp"
#include "oidc/provider.hpp"
#include "telemetry/block_compactor.hpp"
#include "telemetry/frame_store.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

namespace atalaya::server_program {

struct StartRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct InstanceOptions {
    const config::Config* config;
    std::filesystem::path directory; ///< keyring/, setup-link
    std::string database_server;     ///< libpq dsn without dbname; roles and schemas stand there
    std::string database = "atalaya";
    std::string public_url; ///< for the set-up link
    const Clock* clock;
    Random* random;
    std::function<void(const db::Statement&)> on_first_use{};
    std::function<std::string()> why_not_ready = [] { return std::string(); };
    std::function<bool()> is_disk_low = [] { return false; };
    std::function<net::Response(const net::Request&)> page = [](const net::Request&) {
        return net::Response{};
    };
    trust::OwnListener listener{};             ///< for the checks; empty in tests without sockets
    std::filesystem::path database_files{};    ///< empty: not on this machine
    std::vector<std::filesystem::path> logs{}; ///< files that the checks look for keys in
    /// Instead of the SMTP server of the settings.
    outbox::Transport mail_transport{};
    /// Instead of the guarded way out.
    egress::Send way_out{};
    std::function<std::optional<egress::Failure>(const egress::Endpoint&, std::string_view)>
        tls_way_out{};
};

class Instance {
  public:
    explicit Instance(InstanceOptions options);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    api::Service& service() { return *service_; }
    api::Services& services() { return *services_; }
    const api::Router& router() const { return router_; }
    /// The link for the first account; empty once there is one.
    std::string set_up_link() const;
    /// Runs what is due: retention. Called now and then by the program's own thread.
    void run_jobs();
    /// From now on the checks of the Trust page run. Call when requests are answered.
    void start_checks() { watch_->start(); }
    /// Before the listener goes, or its checks would see it broken.
    void stop_checks() { watch_->stop(); }
    trust::Watch& watch() { return *watch_; }
    /// Lets what carries records out of the house look now. For tests, which need not wait.
    void wake_carriers();
    /// Ends streams, finishes what runs, joins. Call after the last request was taken in.
    void stop();

    /// The connection options of one of the program's roles.
    db::ConnectionOptions connection_options(const std::string& role) const;

  private:
    void prepare_database();
    void refuse_broken_walls();
    void refuse_broken_chains();
    std::vector<audit::ChainFinding> find_contradictions(db::Connection& connection,
                                                         const std::vector<TeamId>& teams) const;
    void prepare_set_up();
    void start_threads();
    void start_postman();
    void make_service();
    void make_watch();
    net::Response ask(net::Request request);
    void start_indexer();
    void start_streamer();
    void start_courier();
    void start_eraser();
    void start_stamper();
    void start_compactor();
    egress::Send find_way_out() const;
    /// Does something in the team's scope and on its record, as the server itself.
    void act_in(TeamId team, const std::function<void(api::Call&)>& act);
    std::vector<TeamId> list_chains();

    const InstanceOptions options_;
    std::unique_ptr<keyring::Keyring> keyring_;
    Secret context_key_;
    Secret audit_seal_key_;
    std::unique_ptr<audit::KeyringSealer> payload_sealer_;
    audit::Heads heads_;
    api::Announcements announcements_;
    api::Verifications verifications_;
    api::EventStreams event_streams_;
    api::Downloads downloads_;
    std::string set_up_token_;
    std::unique_ptr<api::SetUp> set_up_;
    std::unique_ptr<api::Identities> identities_;
    std::unique_ptr<telemetry::BlockStore> metrics_;
    std::unique_ptr<telemetry::FrameStore> telemetry_;
    std::unique_ptr<telemetry::BlockCompactor> compactor_;
    std::unique_ptr<db::Pool> app_, auth_;
    std::unique_ptr<api::SlowWorkers> slow_, outward_;
    std::unique_ptr<oidc::Providers> providers_;
    Secret oidc_client_secret_;
    std::unique_ptr<outbox::Postman> postman_; ///< when mail is sent
    std::unique_ptr<audit_log::Indexer> indexer_;
    std::unique_ptr<audit_log::Streamer> streamer_;
    std::unique_ptr<audit_log::WitnessCourier> courier_;
    std::unique_ptr<audit_log::Stamper> stamper_; ///< when there is an authority
    std::unique_ptr<api::Services> services_;
    std::unique_ptr<erasure::Eraser> eraser_;
    api::Router router_;
    std::unique_ptr<api::Service> service_;
    std::unique_ptr<trust::Watch> watch_;
    std::unique_ptr<trust::Site> site_;
};

} // namespace atalaya::server_program
