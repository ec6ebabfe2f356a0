#include "server/local_agent.hpp"

#include "base/log.hpp"
#include "modules/server/server.hpp"
#include "server/files.hpp"

#include <unistd.h>
#include <utility>

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
    : instance_(instance),
      options_(std::move(options)),
      child_("local agent", restart_pause, [this] { return find_command(); }) {}

void LocalAgent::start() {
    std::filesystem::create_directories(options_.directory);
    instance_.services().on_set_up = [this, before = instance_.services().on_set_up](TeamId team,
                                                                                     UserId user) {
        before(team, user);
        {
            const std::lock_guard lock(mutex_);
            new_team_ = team;
        }
        child_.wake();
    };
    child_.start();
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

std::optional<ChildCommand> LocalAgent::find_command() {
    std::optional<TeamId> team;
    {
        const std::lock_guard lock(mutex_);
        team = std::exchange(new_team_, std::nullopt);
    }
    try {
        if (team)
            enrol(*team);
    } catch (const std::exception& failure) {
        log::error("local agent not enrolled", {{"reason", failure.what()}});
    }
    if (!std::filesystem::exists(config_file()))
        return std::nullopt;
    return ChildCommand{agent_program().string(),
                        {"atalaya-agent", "run", "--config", config_file().string()},
                        {"PATH=/usr/bin:/bin"}};
}

} // namespace atalaya::server_program
