// Several threads that send, each for hosts of its own and none far ahead of the slowest: lanes.
//
// A Lane is made with (what is sent, its number, Progress) and has run() and `sent`.
#pragma once

#include "bench/http_connection.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace atalaya::bench {

struct Sent {
    std::uint64_t samples = 0;
    std::uint64_t requests = 0;
    std::uint64_t repeated = 0; ///< since the receiver asked for it (429, 503)
    double seconds = 0;
};

/// How far each lane is, in steps.
class Progress {
  public:
    explicit Progress(std::size_t lanes) : steps_(lanes) {}

    std::size_t lanes() const { return steps_.size(); }
    /// Waits while this one is more than so many steps ahead.
    void go_on(std::size_t lane, std::int64_t step, std::int64_t apart_max);
    void end(std::size_t lane) { steps_[lane] = std::int64_t{1} << 50; }

  private:
    std::vector<std::atomic<std::int64_t>> steps_;
};

/// Again while the receiver asks for it; throws when it refuses.
void deliver(HttpConnection& connection, std::string_view body, std::size_t samples, Sent& sent);

template <class Lane, class What>
Sent run_lanes(const What& what, std::size_t count) {
    Progress progress(count);
    std::vector<std::unique_ptr<Lane>> lanes;
    for (std::size_t i = 0; i < count; ++i) {
        lanes.push_back(std::make_unique<Lane>(what, i, progress));
    }
    std::vector<std::exception_ptr> failures(count);
    const auto began = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back([&, i] {
                try {
                    lanes[i]->run();
                } catch (...) {
                    failures[i] = std::current_exception();
                }
                progress.end(i);
            });
        }
    }
    Sent all;
    all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    for (std::size_t i = 0; i < count; ++i) {
        if (failures[i])
            std::rethrow_exception(failures[i]);
        all.samples += lanes[i]->sent.samples;
        all.requests += lanes[i]->sent.requests;
        all.repeated += lanes[i]->sent.repeated;
    }
    return all;
}

} // namespace atalaya::bench
