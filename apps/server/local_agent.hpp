// The agent for this very machine, as a child of `atalaya up --with-local-agent`.
//
// Once the first team exists, a server named like this host is added on the record, its token goes
// into <directory>/agent.toml (0600), and the agent is started and, if it dies, started again.
// Owned by the program; its own thread does the work. Failures are logged and never stop the
// server.
#pragma once

#include "server/instance.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace atalaya::server_program {

struct LocalAgentOptions {
    std::filesystem::path directory;
    std::string server_url;
    std::filesystem::path ca; ///< empty: the system's authorities
};

class LocalAgent {
  public:
    LocalAgent(Instance& instance, LocalAgentOptions options);
    ~LocalAgent();
    LocalAgent(const LocalAgent&) = delete;
    LocalAgent& operator=(const LocalAgent&) = delete;

    void start();
    /// Ends the agent and waits for it. Idempotent.
    void stop();

  private:
    std::filesystem::path config_file() const { return options_.directory / "agent.toml"; }
    void enrol(TeamId team);
    void supervise();
    int spawn() const;

    Instance& instance_;
    const LocalAgentOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<TeamId> new_team_;
    int child_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace atalaya::server_program
