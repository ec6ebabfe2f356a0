#include "server/up.hpp"

#include "api/problem_response.hpp"
#include "base/log.hpp"
#include "net/local_ca.hpp"
#include "net/server.hpp"
#include "page/page.hpp"
#include "server/chain_watch.hpp"
#include "server/database.hpp"
#include "server/files.hpp"
#include "server/headers.hpp"
#include "server/instance.hpp"
#include "server/local_agent.hpp"
#include "server/signer_command.hpp"
#include "server/watch_memory.hpp"

#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace atalaya::server_program {
namespace {

constexpr std::chrono::hours jobs_interval{1};
constexpr std::chrono::seconds signer_restart_pause{2};

/// SIGTERM and SIGINT are waited for, never handled in between. Before any thread is made.
sigset_t block_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return wanted;
}

/// The database's user must pass through, others need not look inside.
void make_directory(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    chmod(directory.c_str(), geteuid() == 0 ? 0711 : 0700);
}

struct TlsFiles {
    std::filesystem::path certificate, key, ca;
};

TlsFiles tls_files(const config::Config& config, const Clock& clock) {
    if (config.tls.mode == config::TlsMode::files)
        return {config.tls.certificate, config.tls.key, {}};
    if (config.tls.mode == config::TlsMode::proxy)
        return {};
    const auto local = net::ensure_local_certificate(
        std::filesystem::path(config.server.data_dir) / "tls", config.tls.names, clock);
    return {local.certificate, local.key, local.ca};
}

net::Response answer_page(const net::Request& request, const std::string& ca_pem) {
    if (request.path != "/ca.pem" || ca_pem.empty())
        return page::answer(request);
    net::Response response;
    response.headers.push_back({"Content-Type", "application/x-pem-file"});
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"atalaya-ca.pem\""});
    response.body = ca_pem;
    return response;
}

net::ServerOptions server_options(const config::Config& config, const TlsFiles& tls) {
    net::ServerOptions options;
    options.proxy_mode = config.tls.mode == config::TlsMode::proxy;
    options.https_address = options.proxy_mode ? "" : config.server.https;
    options.http_address = config.server.http == "off" ? "" : config.server.http;
    options.trusted_proxies = config.tls.trusted_proxies;
    options.certificate = tls.certificate;
    options.key = tls.key;
    options.headers = security_headers(config);
    options.refuse = [](const ProblemKind& kind, std::string detail) {
        Problem problem(kind);
        if (!detail.empty())
            problem.detail(std::move(detail));
        return api::problem_response(problem, "req_none");
    };
    return options;
}

/// The address under which the checks find the own listener.
trust::OwnListener own_listener(const config::Config& config, const net::Server& server,
                                const TlsFiles& tls) {
    trust::OwnListener out;
    out.proxy_mode = config.tls.mode == config::TlsMode::proxy;
    if (config.trust.scan == config::ScanPlace::public_url) {
        out.front = public_url(config, server.https_port());
        out.front_ca = config.trust.scan_ca_file;
    }
    const std::string& address = out.proxy_mode ? config.server.http : config.server.https;
    if (address.starts_with("unix:"))
        return out;
    out.host = address.substr(0, address.rfind(':'));
    if (out.host == "0.0.0.0")
        out.host = "127.0.0.1";
    if (out.host == "[::]")
        out.host = "[::1]";
    out.https_port = server.https_port();
    out.http_port = server.http_port();
    out.certificate = tls.certificate;
    return out;
}

/// Those that are files on this machine: what goes to a pipe or to the journal is not ours to read.
std::vector<std::filesystem::path> list_logs(const Database& database) {
    std::vector<std::filesystem::path> logs;
    std::error_code unknown;
    const auto own = std::filesystem::read_symlink("/proc/self/fd/2", unknown);
    if (!unknown && std::filesystem::is_regular_file(own, unknown))
        logs.push_back(own);
    if (!database.files().empty())
        logs.push_back(database.files() / "postgres.log");
    return logs;
}

/// What the settings and the database say; the rest belongs to this run.
InstanceOptions instance_options(const config::Config& config, const Database& database,
                                 const WatchMemory& memory) {
    InstanceOptions options;
    options.config = &config;
    options.directory = config.server.data_dir;
    options.database_server = database.server_dsn();
    options.database = database.name();
    options.database_files = database.files();
    options.why_not_ready = [&] {
        std::string reason = database.why_not_ready();
        return reason.empty() ? memory.why_not_ready() : reason;
    };
    options.is_disk_low = [&database] { return database.is_disk_low(); };
    return options;
}

void refuse_failed_findings(const Database& database) {
    for (const db::Finding& finding : database.check()) {
        if (!finding.ok)
            throw StartRefused(finding.text);
    }
}

/// Waits for the end; meanwhile runs the jobs and renews the certificate.
void wait_for_signal(const sigset_t& wanted, const std::function<void()>& hourly) {
    auto due = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
        const timespec second{1, 0};
        const int signal = sigtimedwait(&wanted, nullptr, &second);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        if (signal == SIGHUP || std::chrono::steady_clock::now() >= due) {
            due = std::chrono::steady_clock::now() + jobs_interval;
            hourly();
        }
    }
}

void announce(const Instance& instance, const std::string& url) {
    if (const std::string link = instance.set_up_link(); !link.empty())
        std::printf("set-up link %s\n", link.c_str());
    std::printf("ready %s\n", url.c_str());
    std::fflush(stdout);
}

int run(const config::Config& config, Database& database, bool with_local_agent) {
    prctl(PR_SET_DUMPABLE, 0); // keys must not end up in a core file
    log::set_level(config.log.level);
    const sigset_t signals = block_signals();
    SystemClock clock;
    SystemRandom random;
    const std::filesystem::path directory = config.server.data_dir;
    make_directory(directory);

    refuse_failed_findings(database);
    const TlsFiles tls = tls_files(config, clock);
    const std::string ca_pem = tls.ca.empty() ? "" : read_file(tls.ca).value_or("");

    // The listener comes first, so that a taken port is told before anything else is started.
    std::atomic<Instance*> serving = nullptr;
    net::ServerOptions options = server_options(config, tls);
    net::Server server(options, [&](net::Request request, net::Reply reply) {
        if (Instance* instance = serving.load())
            return instance->service().handle(std::move(request), std::move(reply));
        reply(api::problem_response(Problem(problems::unavailable).retry_after(1), "req_none"));
    });
    server.start();
    const std::string url = public_url(config, server.https_port());
    write_private_file(directory / url_file, url + "\n");

    database.start();
    WatchMemory memory(directory);
    InstanceOptions run_options = instance_options(config, database, memory);
    run_options.public_url = url;
    run_options.clock = &clock;
    run_options.random = &random;
    run_options.page = [&](const net::Request& request) { return answer_page(request, ca_pem); };
    run_options.listener = own_listener(config, server, tls);
    run_options.logs = list_logs(database);
    Instance instance(run_options);
    LocalAgent local_agent(instance, {directory / "agent", url, tls.ca});
    if (with_local_agent)
        local_agent.start();
    KeptChild signer("signer", signer_restart_pause, signer_command);
    if (config.signer.mode == config::SignerMode::child)
        signer.start();
    ChainWatch watch(instance, memory);
    serving = &instance;
    instance.start_checks();

    announce(instance, url);
    wait_for_signal(signals, [&] {
        try {
            instance.run_jobs();
            if (config.tls.mode == config::TlsMode::local &&
                net::ensure_local_certificate(directory / "tls", config.tls.names, clock).issued)
                server.reload_certificate();
        } catch (const std::exception& failure) {
            log::error("job failed", {{"reason", failure.what()}});
        }
    });
    log::info("stopping");
    local_agent.stop();
    instance.stop_checks();
    signer.stop();
    watch.stop();
    server.stop();
    instance.stop();
    database.stop();
    return 0;
}

} // namespace

std::string public_url(const config::Config& config, std::uint16_t https_port) {
    if (!config.server.public_url.empty())
        return config.server.public_url;
    std::string host = config.server.https.substr(0, config.server.https.rfind(':'));
    if (host == "0.0.0.0" || host == "[::]") {
        char name[256] = "localhost";
        gethostname(name, sizeof name - 1);
        host = name;
    }
    return "https://" + host + ":" + std::to_string(https_port);
}

int run_up(const config::Config& config, bool with_local_agent) {
    if (!config.database.dsn.empty())
        throw StartRefused("database.dsn names an external PostgreSQL, and `up` brings its own: "
                           "start `atalaya serve`, or take the setting away");
    return run(config, *make_embedded_database(config), with_local_agent);
}

int run_serve(const config::Config& config, bool with_local_agent) {
    return run(config, *make_external_database(config), with_local_agent);
}

} // namespace atalaya::server_program
