#include "server/instance.hpp"

#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/token.hpp"
#include "db/migrate.hpp"
#include "db/selftest.hpp"
#include "modules/identity/identity.hpp"
#include "modules/metrics/retention.hpp"
#include "modules/outbox/outbox.hpp"
#include "modules/team/team.hpp"
#include "server/files.hpp"
#include "server/modules.hpp"
#include "server/post.hpp"
#include "server/signer.hpp"
#include "server/watch_memory.hpp"
#include "server/way_out.hpp"

#include <algorithm>
#include <set>
#include <thread>

namespace atalaya::server_program {
namespace {

constexpr std::size_t auth_connections = 2;
constexpr std::size_t slow_queue_max = 128;
/// They do nothing but wait for others' servers.
constexpr unsigned outward_threads = 24;

/// Hashing takes at most half of the machine, so that a flood of log-ins leaves the rest
/// responsive.
unsigned slow_threads() { return std::max(1u, std::thread::hardware_concurrency() / 2); }

db::PoolOptions pool_options(db::ConnectionOptions connection, std::size_t connections) {
    db::PoolOptions options;
    options.connection = std::move(connection);
    options.connections = connections;
    options.queue_max = 1024;
    return options;
}

} // namespace

Instance::Instance(InstanceOptions options) : options_(std::move(options)) {
    const config::Config& config = *options_.config;
    keyring_ = keyring::Keyring::open(options_.directory / "keyring", *options_.random);
    context_key_ = keyring_->system_key("context");
    audit_seal_key_ = keyring_->system_key("audit_seal");
    payload_sealer_ = std::make_unique<audit::KeyringSealer>(*keyring_);
    keyring_->create_key(platform_team);
    prepare_database();
    refuse_broken_walls();
    refuse_broken_chains();
    prepare_set_up();

    telemetry::BlockStoreOptions metrics_options;
    metrics_options.retention = std::chrono::days(config.metrics.retention_days);
    metrics_options.series_max = config.metrics.series_max;
    metrics_options.memory_bytes_max = static_cast<std::size_t>(config.metrics.memory_mb) << 20;
    metrics_ = std::make_unique<telemetry::BlockStore>(*keyring_, *options_.clock, *options_.random,
                                                       metrics_options);
    telemetry_ = std::make_unique<telemetry::FrameStore>(*metrics_, *keyring_, *options_.clock,
                                                         metrics_options.retention);
    identities_ = std::make_unique<api::Identities>(
        identity_source(*keyring_, *options_.clock, config), *options_.clock, *options_.random);
    app_ = std::make_unique<db::Pool>(pool_options(
        connection_options("atalaya_app"), static_cast<std::size_t>(config.database.connections)));
    auth_ = std::make_unique<db::Pool>(
        pool_options(connection_options("atalaya_auth"), auth_connections));
    slow_ = std::make_unique<api::SlowWorkers>(slow_threads(), slow_queue_max);
    outward_ = std::make_unique<api::SlowWorkers>(outward_threads, slow_queue_max);
    providers_ = std::make_unique<oidc::Providers>(find_way_out(), *options_.clock);
    oidc_client_secret_ = read_oidc_secret(config);
    services_ = std::make_unique<api::Services>(api::Services{config,
                                                              *keyring_,
                                                              *payload_sealer_,
                                                              audit_seal_key_,
                                                              heads_,
                                                              *options_.clock,
                                                              *options_.random,
                                                              *app_,
                                                              *auth_,
                                                              *slow_,
                                                              *outward_,
                                                              *identities_,
                                                              announcements_,
                                                              *set_up_,
                                                              verifications_,
                                                              event_streams_,
                                                              downloads_,
                                                              *telemetry_,
                                                              *metrics_,
                                                              *providers_,
                                                              oidc_client_secret_,
                                                              router_,
                                                              {},
                                                              options_.public_url,
                                                              {}});
    services_->on_set_up = [this](TeamId, UserId) {
        std::filesystem::remove(options_.directory / "setup-link");
    };
    services_->on_new_team = trust::issue_agreement;
    add_endpoints(router_);
    make_service();
    make_watch();
    start_threads();
}

Instance::~Instance() { stop(); }

void Instance::stop() {
    if (watch_)
        watch_->stop();
    if (streamer_)
        streamer_->stop();
    if (courier_)
        courier_->stop();
    if (eraser_)
        eraser_->stop();
    if (stamper_)
        stamper_->stop();
    if (compactor_)
        compactor_->stop();
    event_streams_.stop();
    downloads_.stop();
    if (slow_)
        slow_->stop();
    if (outward_)
        outward_->stop();
    if (auth_)
        auth_->stop();
    if (app_)
        app_->stop();
    if (postman_)
        postman_->stop();
    if (indexer_)
        indexer_->stop();
}

db::ConnectionOptions Instance::connection_options(const std::string& role) const {
    db::ConnectionOptions out;
    out.dsn = options_.database_server + " dbname=" + options_.database;
    out.role = role;
    out.context_key = context_key_;
    out.clock = options_.clock;
    out.on_first_use = options_.on_first_use;
    return out;
}

void Instance::prepare_database() {
    for (const std::string& name :
         db::migrate(options_.database_server, options_.database, migrations()))
        log::info("migration ran", {{"name", name}});
    db::set_context_key(options_.database_server, options_.database, context_key_);
}

void Instance::refuse_broken_walls() {
    db::Connection connection(connection_options("atalaya_app"));
    const auto breaches = db::run_selftest(connection, *options_.random);
    for (const db::Breach& breach : breaches)
        log::error("self-test failed", {{"rule", breach.rule}, {"object", breach.object}});
    if (!breaches.empty()) {
        throw StartRefused("the isolation of teams is broken: " + breaches.front().rule + " at " +
                           breaches.front().object + " (" + std::to_string(breaches.size()) +
                           " in all)");
    }
}

void Instance::refuse_broken_chains() {
    db::Connection directory(connection_options("atalaya_sched"));
    auto teams = team::list_team_ids(directory);
    teams.push_back(platform_team);
    db::Connection connection(connection_options("atalaya_app"));
    auto findings = audit::check_chains(connection, *payload_sealer_, audit_seal_key_, teams);
    std::erase_if(findings, [&](const audit::ChainFinding& one) {
        return one.seq > 0 && one.seq <= accepted_until(options_.directory, one.team);
    });
    for (audit::ChainFinding& one : find_contradictions(connection, teams))
        findings.push_back(std::move(one));
    for (const audit::ChainFinding& finding : findings) {
        log::error("chain check failed", {{"team", to_string(finding.team)},
                                          {"seq", std::to_string(finding.seq)},
                                          {"reason", finding.reason}});
    }
    if (!findings.empty()) {
        const audit::ChainFinding& first = findings.front();
        throw StartRefused("the audit chain of team " + to_string(first.team) +
                           " does not hold at " + std::to_string(first.seq) + ": " + first.reason);
    }
}

/// Against what the signer remembers, which no restored database can change, and against the
/// checkpoints that lie in the database, for where the signer runs elsewhere.
std::vector<audit::ChainFinding>
Instance::find_contradictions(db::Connection& connection, const std::vector<TeamId>& teams) const {
    const auto state = read_signer_state(options_.directory);
    std::set<TeamId> all(teams.begin(), teams.end());
    if (state) {
        for (const auto& [chain, unused] : state->chains)
            all.insert(chain.team);
    }
    std::vector<audit::ChainFinding> findings;
    for (const TeamId& team : all) {
        db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            std::int64_t size = 0;
            std::string reason;
            if (state) {
                const auto chain = state->chains.find({team, 0});
                if (chain != state->chains.end()) {
                    size = chain->second.frontier.size();
                    reason = audit::find_contradiction(tx, size, chain->second.last);
                }
            }
            if (const auto newest = audit::find_newest_checkpoint(tx); newest && reason.empty()) {
                size = newest->size;
                reason = audit::find_contradiction(tx, size, newest->row_hash);
            }
            if (!reason.empty())
                findings.push_back({team, size, std::move(reason)});
        });
    }
    return findings;
}

void Instance::prepare_set_up() {
    const auto file = options_.directory / "setup-link";
    db::Connection connection(connection_options("atalaya_app"));
    if (db::transact(connection, {}, [](db::Tx& tx) { return identity::has_users(tx); })) {
        std::filesystem::remove(file);
        set_up_ = std::make_unique<api::SetUp>(std::nullopt);
        return;
    }
    const std::string kept = read_file(file).value_or("");
    const auto hash_at = kept.find('#');
    set_up_token_ = hash_at == std::string::npos
                        ? crypto::make_token(*options_.random, "")
                        : std::string(trim(std::string_view(kept).substr(hash_at + 1)));
    set_up_ = std::make_unique<api::SetUp>(crypto::sha256(set_up_token_));
    write_private_file(file, set_up_link() + "\n");
}

std::string Instance::set_up_link() const {
    return set_up_->is_needed() ? options_.public_url + "/setup#" + set_up_token_ : "";
}

net::Response Instance::ask(net::Request request) {
    const auto promise = std::make_shared<std::promise<std::optional<net::Response>>>();
    auto answer = promise->get_future();
    service_->handle(std::move(request), net::Reply([promise](std::optional<net::Response> given) {
                         promise->set_value(std::move(given));
                     }));
    if (answer.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
        throw std::runtime_error("the service did not answer");
    return answer.get().value();
}

void Instance::make_service() {
    api::ServiceOptions options;
    options.why_not_ready = options_.why_not_ready;
    options.is_disk_low = options_.is_disk_low;
    options.page = [this](const net::Request& request) {
        auto drawn = site_->find_answer(request);
        return drawn ? std::move(*drawn) : options_.page(request);
    };
    options.find_drawn = [this](const auto& request) { return site_->find_answer(request); };
    service_ = std::make_unique<api::Service>(*services_, router_, std::move(options));
}

void Instance::make_watch() {
    trust::Surroundings around{*services_,
                               connection_options("atalaya_app"),
                               connection_options("atalaya_sched"),
                               options_.directory / "keyring",
                               options_.database_files,
                               options_.logs,
                               options_.listener,
                               [this](net::Request request) { return ask(std::move(request)); }};
    watch_ = std::make_unique<trust::Watch>(std::move(around));
    site_ = std::make_unique<trust::Site>(*watch_, *options_.config, *options_.clock,
                                          options_.public_url, keyring_->system_key("trust"));
}

void Instance::start_threads() {
    start_postman();
    start_indexer();
    start_streamer();
    start_courier();
    start_eraser();
    start_stamper();
    start_compactor();
}

void Instance::start_postman() {
    if (!outbox::is_configured(*services_))
        return;
    postman_ = std::make_unique<outbox::Postman>(
        connection_options("atalaya_app"), *keyring_, *options_.clock,
        options_.mail_transport ? options_.mail_transport : make_transport(*options_.config));
    services_->on_mail = [this] { postman_->wake(); };
    postman_->start();
}

/// Every team, and the platform's own.
std::vector<TeamId> Instance::list_chains() {
    db::Connection directory(connection_options("atalaya_sched"));
    auto teams = team::list_team_ids(directory);
    teams.push_back(platform_team);
    return teams;
}

void Instance::start_indexer() {
    indexer_ = std::make_unique<audit_log::Indexer>(
        connection_options("atalaya_app"), *payload_sealer_, [this] { return list_chains(); });
    indexer_->start();
}

void Instance::act_in(TeamId team, const std::function<void(api::Call&)>& act) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "jobs";
    api::SlowCall call(*services_, incoming);
    call.transact({team, UserId{}}, {team}, act);
}

egress::Send Instance::find_way_out() const {
    return options_.way_out ? options_.way_out : make_way_out(*options_.config);
}

void Instance::start_streamer() {
    const config::Config& config = *options_.config;
    const std::string& url = options_.public_url;
    const auto host = url.find("://") == url.npos ? url : url.substr(url.find("://") + 3);
    audit_log::StreamerParts parts{
        *keyring_,
        *payload_sealer_,
        *options_.clock,
        *options_.random,
        {find_way_out(), options_.tls_way_out ? options_.tls_way_out : make_tls_way_out(config)},
        host.substr(0, host.find_first_of(":/")),
        [this] { return list_chains(); },
        [this](TeamId team, const audit_log::Stream& stream) {
            act_in(team, [&](api::Call& call) { audit_log::pause_stream(call, team, stream); });
        }};
    streamer_ =
        std::make_unique<audit_log::Streamer>(connection_options("atalaya_app"), std::move(parts));
    streamer_->start();
}

void Instance::wake_carriers() {
    streamer_->wake();
    courier_->wake();
}

void Instance::start_courier() {
    audit_log::CourierParts parts{
        *keyring_, *options_.clock, find_way_out(), [this] { return list_chains(); },
        [this](TeamId team, const audit_log::Witness& witness, const std::string& failure) {
            act_in(team, [&](api::Call& call) {
                audit_log::record_refusal(call, team, witness, failure);
            });
        }};
    courier_ = std::make_unique<audit_log::WitnessCourier>(connection_options("atalaya_app"),
                                                           std::move(parts));
    courier_->start();
}

void Instance::start_eraser() {
    eraser_ = std::make_unique<erasure::Eraser>(*services_, [this] { return list_chains(); });
    eraser_->start();
}

void Instance::start_compactor() {
    telemetry::CompactorParts parts{*keyring_, metrics_->memory(),
                                    [this] { return list_chains(); }};
    parts.list_rules = [this](db::Tx& tx) { return metrics::list_retention_rules(tx, *keyring_); };
    compactor_ = std::make_unique<telemetry::BlockCompactor>(connection_options("atalaya_app"),
                                                             std::move(parts));
    compactor_->start();
}

void Instance::start_stamper() {
    const config::Config& config = *options_.config;
    if (config.audit.timestamp_url.empty())
        return;
    stamper_ = std::make_unique<audit_log::Stamper>(
        connection_options("atalaya_app"),
        audit_log::StamperParts{*options_.clock, *options_.random, find_way_out(),
                                [this] { return list_chains(); }, config.audit.timestamp_url,
                                read_timestamp_authorities(config),
                                std::chrono::minutes(config.audit.timestamp_minutes)});
    stamper_->start();
}

} // namespace atalaya::server_program
