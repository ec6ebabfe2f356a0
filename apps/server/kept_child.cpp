#include "server/kept_child.hpp"

#include "base/log.hpp"

#include <csignal>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace atalaya::server_program {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> out;
    for (const std::string& word : words)
        out.push_back(const_cast<char*>(word.c_str()));
    out.push_back(nullptr);
    return out;
}

/// -1 when there is no process to be had.
int spawn(const ChildCommand& command) {
    const std::vector<char*> words = pointers(command.words);
    const std::vector<char*> environment = pointers(command.environment);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    // Between fork and exec only what is safe after a fork of many threads.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0); // a Ctrl-C at the terminal is for the server to pass on
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(command.program.c_str(), words.data(), environment.data());
    _exit(127);
}

} // namespace

KeptChild::KeptChild(std::string name, std::chrono::seconds pause,
                     std::function<std::optional<ChildCommand>()> command)
    : name_(std::move(name)), pause_(pause), command_(std::move(command)) {}

KeptChild::~KeptChild() { stop(); }

void KeptChild::start() {
    thread_ = std::thread([this] { supervise(); });
}

void KeptChild::wake() {
    {
        const std::lock_guard lock(mutex_);
        awake_ = true;
    }
    changed_.notify_all();
}

void KeptChild::stop() {
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

void KeptChild::supervise() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const auto command = command_();
        lock.lock();
        if (!command) {
            changed_.wait(lock, [&] { return stopping_ || awake_; });
            awake_ = false;
            continue;
        }
        if (stopping_)
            break;
        child_ = spawn(*command);
        const int child = child_;
        lock.unlock();
        int status = -1;
        if (child > 0)
            waitpid(child, &status, 0);
        lock.lock();
        child_ = 0;
        if (!stopping_)
            log::error(name_ + " ended", {{"status", std::to_string(status)}});
        changed_.wait_for(lock, pause_, [&] { return stopping_; });
    }
}

} // namespace atalaya::server_program
