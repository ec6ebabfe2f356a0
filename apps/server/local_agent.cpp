#include "server/local_agent.hpp"

#include "base/log.hpp"
#include "modules/server/server.hpp"
#include "server/files.hpp"

#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace atalaya::server_program {
namespace {

constexpr std::chrono::seconds restart_pause{5};

std::filesystem::path agent_program() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "atalaya-agent";
}

std::string host_name() {
    char name[256] = "localhost";
    gethostname(name, sizeof name - 1);
    return name;
}

} // namespace

LocalAgent::LocalAgent(Instance& instance, LocalAgentOptions options)
    : instance_(instance), options_(std::move(options)) {}

LocalAgent::~LocalAgent() { stop(); }

void LocalAgent::start() {
    std::filesystem::create_directories(options_.directory);
    instance_.services().on_set_up = [this, before = instance_.services().on_set_up](TeamId team,
                                                                                     UserId user) {
        before(team, user);
        const std::lock_guard lock(mutex_);
        new_team_ = team;
        changed_.notify_all();
    };
    thread_ = std::thread([this] { supervise(); });
}

void LocalAgent::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (child_ > 0)
            kill(child_, SIGTERM);
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void LocalAgent::enrol(TeamId team) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "set-up";
    api::SlowCall call(instance_.services(), incoming);
    const auto added = call.transact({team, UserId{}}, {team}, [](api::Call& inner) {
        server::ServerDraft draft;
        draft.name = host_name();
        draft.note = "The machine that Atalaya itself runs on.";
        return server::insert_server(inner, draft);
    });
    std::string text =
        "server = \"" + options_.server_url + "\"\ntoken = \"" + added.agent_token + "\"\n";
    if (!options_.ca.empty())
        text += "ca = \"" + options_.ca.string() + "\"\n";
    text += "spool_dir = \"" + (options_.directory / "spool").string() + "\"\n";
    write_private_file(config_file(), text);
}

int LocalAgent::spawn() const {
    const std::string program = agent_program();
    const std::string file = config_file();
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    // Between fork and exec only what is safe after a fork of many threads.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    char path[] = "PATH=/usr/bin:/bin";
    char* const environment[] = {path, nullptr};
    execle(program.c_str(), "atalaya-agent", "run", "--config", file.c_str(), nullptr, environment);
    _exit(127);
}

void LocalAgent::supervise() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (const auto team = std::exchange(new_team_, std::nullopt)) {
            lock.unlock();
            try {
                enrol(*team);
            } catch (const std::exception& failure) {
                log::error("local agent not enrolled", {{"reason", failure.what()}});
            }
            lock.lock();
        }
        if (!std::filesystem::exists(config_file())) {
            changed_.wait(lock, [&] { return stopping_ || new_team_; });
            continue;
        }
        child_ = spawn();
        const int child = child_;
        lock.unlock();
        int status = 0;
        waitpid(child, &status, 0);
        lock.lock();
        child_ = 0;
        if (!stopping_)
            log::warning("local agent ended", {{"status", std::to_string(status)}});
        changed_.wait_for(lock, restart_pause, [&] { return stopping_; });
    }
}

} // namespace atalaya::server_program
