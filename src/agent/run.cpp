#include "agent/run.hpp"

#include "agent/collector.hpp"
#include "agent/confinement.hpp"
#include "agent/courier.hpp"
#include "agent/facts.hpp"
#include "agent/footprint.hpp"
#include "agent/https_link.hpp"
#include "agent/schedule.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace atalaya::agent {

namespace {

using namespace std::chrono_literals;

/// Facts hardly change; looking once in a while is enough.
constexpr int ticks_between_facts = 30;
/// By then the first pushes are through.
constexpr int ticks_until_settled = 3;

std::int64_t now_ms() { return SystemClock().now().us / 1000; }

std::chrono::nanoseconds since_start() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

Courier::Instant monotonic() { return std::chrono::duration_cast<Courier::Instant>(since_start()); }

sigset_t block_ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    // Before any thread starts, so that all inherit it and sigtimedwait alone sees them.
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return signals;
}

/// True when a signal came.
bool wait_for_signal(const sigset_t& signals, std::chrono::milliseconds time) {
    const timespec span{.tv_sec = time.count() / 1000, .tv_nsec = time.count() % 1000 * 1'000'000};
    return ::sigtimedwait(&signals, nullptr, &span) > 0;
}

/// The collecting thread (main) and the sending thread share the spool; the sending one holds the
/// lock never while it waits for the network, so a hanging server does not cost a tick.
class Agent {
  public:
    Agent(const Config& config, Disk& disk, Host& host, Link& link)
        : interval_(config.interval),
          link_(link),
          host_(host),
          collector_(host),
          spool_(disk, random_, {.bytes_max = config.spool_bytes_max}),
          courier_(spool_, random_) {}

    [[noreturn]] void run(const sigset_t& signals) {
        courier_.set_facts(collect_facts(host_));
        collector_.collect(0, since_start()); // rates need a before
        Schedule schedule(interval_, now_ms(), spool_.last_time_ms());
        std::thread([this] { send(); }).detach();
        while (!wait_for_signal(signals, schedule.until_next(now_ms()))) {
            if (const auto time = schedule.due(now_ms()))
                tick(*time);
        }
        // The sending thread may hang in the network. Nothing is lost by not waiting for it: the
        // spool is whole whenever the lock is free, and a push without an answer is sent again at
        // the next start.
        const std::lock_guard lock(mutex_);
        spool_.sync();
        log::info("agent.ends", {{"waiting", std::to_string(spool_.waiting())}});
        ::_exit(0);
    }

  private:
    void tick(std::int64_t time_ms) {
        const Tick tick = collector_.collect(time_ms, since_start());
        const bool look = ++ticks_ % ticks_between_facts == 0;
        const auto facts = look ? std::optional(collect_facts(host_)) : std::nullopt;
        const std::lock_guard lock(mutex_);
        if (facts)
            courier_.set_facts(*facts);
        const std::uint64_t dropped = spool_.dropped();
        const bool kept = spool_.append(tick);
        if (!kept && !losing_)
            log::error("agent.spool_refuses_ticks");
        if (kept && spool_.dropped() > dropped && !losing_)
            log::warning("agent.spool_full", {{"dropped", std::to_string(spool_.dropped())}});
        losing_ = !kept || spool_.dropped() > dropped;
        ticked_.notify_one();
        if (ticks_ == ticks_until_settled || look)
            give_back_startup_memory();
    }

    void send() try {
        std::unique_lock lock(mutex_);
        for (;;) {
            const auto frame = courier_.next_frame(monotonic());
            if (!frame) {
                const auto wait = courier_.retry_at() - monotonic();
                ticked_.wait_for(lock, wait > 0ms ? wait : interval_);
                continue;
            }
            lock.unlock();
            const Answer answer = link_.push(*frame);
            lock.lock();
            courier_.answered(answer, monotonic());
        }
    } catch (const std::exception& fault) {
        log::error("agent.fault", {{"what", fault.what()}});
        ::_exit(1);
    }

    std::chrono::milliseconds interval_;
    Link& link_;
    Host& host_;
    Collector collector_;
    SystemRandom random_;
    std::mutex mutex_; ///< guards what follows
    std::condition_variable ticked_;
    Spool spool_;
    Courier courier_;
    int ticks_ = 0;
    bool losing_ = false;
};

} // namespace

void run(const Config& config) {
    // One arena and an early return of memory: the agent's whole heap is smaller than glibc's
    // habits.
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 64 * 1024);
    const sigset_t signals = block_ending_signals();
    HttpsLink link(config);
    PosixDisk disk(config.spool_dir);
    drop_privileges(config.user, disk);
    LinuxHost host;
    const Confinement confinement = confine(disk);
    Agent agent(config, disk, host, link);
    log::info("agent.starts", {{"version", ATALAYA_VERSION},
                               {"landlock", confinement.files ? "on" : "not in this kernel"},
                               {"seccomp", confinement.calls ? "on" : "not in this kernel"}});
    agent.run(signals);
}

std::string prove() {
    crypto::Sha256 hash;
    std::ifstream program("/proc/self/exe", std::ios::binary);
    std::array<char, 65536> chunk;
    while (program.read(chunk.data(), chunk.size()) || program.gcount() > 0)
        hash.update(std::string_view(chunk.data(), static_cast<std::size_t>(program.gcount())));
    return "atalaya-agent " ATALAYA_VERSION "\n" + policy_text() + confinement_text() +
           "policy SHA-256:  " + policy_hash() + "\nprogram SHA-256: " + to_hex(hash.finish()) +
           "\n";
}

} // namespace atalaya::agent
