#include "server/signer_process.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "server/files.hpp"

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace atalaya::server_program {
namespace {

constexpr std::chrono::seconds restart_pause{2};

/// Ours, with `signer` instead of `up` or `serve`.
std::vector<std::string> words_of_signer() {
    const std::string line = read_file("/proc/self/cmdline").value_or("");
    std::vector<std::string> words;
    bool named = false;
    for (const std::string_view word : split(line, '\0')) {
        const bool command = !named && !words.empty() && (word == "up" || word == "serve");
        named = named || command;
        if (word != "--with-local-agent")
            words.emplace_back(command ? "signer" : word);
    }
    if (!words.empty() && words.back().empty())
        words.pop_back(); // behind the last of the zeros
    return words;
}

int spawn() {
    const std::vector<std::string> words = words_of_signer();
    std::vector<char*> argv;
    for (const std::string& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::string mark = "SIGNER_OF=" + std::to_string(getpid());
    std::vector<char*> environment{mark.data()};
    for (char** one = environ; *one != nullptr; ++one)
        environment.push_back(*one);
    environment.push_back(nullptr);
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    // Between fork and exec only what is safe after a fork of many threads.
    setpgid(0, 0); // a Ctrl-C at the terminal is for the server to pass on
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve("/proc/self/exe", argv.data(), environment.data());
    _exit(127);
}

} // namespace

SignerProcess::~SignerProcess() { stop(); }

SignerProcess::SignerProcess(bool wanted) {
    if (wanted)
        thread_ = std::thread([this] { supervise(); });
}

void SignerProcess::stop() {
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

void SignerProcess::supervise() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        child_ = spawn();
        const int child = child_;
        lock.unlock();
        int status = 0;
        if (child > 0)
            waitpid(child, &status, 0);
        lock.lock();
        child_ = 0;
        if (!stopping_)
            log::error("signer ended", {{"status", std::to_string(status)}});
        changed_.wait_for(lock, restart_pause, [&] { return stopping_; });
    }
}

} // namespace atalaya::server_program
