// The agent for this very machine, as a child of `atalaya up --with-local-agent`.
//
// Once the first team exists, a server named like this host is added on the record, its token goes
// into <directory>/agent.toml (0600), and the agent is started and, if it dies, started again.
// Owned by the program; its own thread does the work. Failures are logged and never stop the
// server.
#pragma once

#include "server/instance.hpp"
#include "server/kept_child.hpp"

#include <filesystem>
#include <mutex>
#include <optional>

namespace atalaya::server_program {

struct LocalAgentOptions {
    std::filesystem::path directory;
    std::string server_url;
    std::filesystem::path ca; ///< empty: the system's authorities
};

class LocalAgent {
  public:
    LocalAgent(Instance& instance, LocalAgentOptions options);

    void start();
    /// Ends the agent and waits for it. Idempotent.
    void stop() { child_.stop(); }

  private:
    std::filesystem::path config_file() const { return options_.directory / "agent.toml"; }
    void enrol(TeamId team);
    /// Enrols a new team's first; nullopt while there is none.
    std::optional<ChildCommand> find_command();

    Instance& instance_;
    const LocalAgentOptions options_;
    std::mutex mutex_;
    std::optional<TeamId> new_team_;
    KeptChild child_;
};

} // namespace atalaya::server_program
