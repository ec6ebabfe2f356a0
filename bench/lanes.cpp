#include "bench/lanes.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace atalaya::bench {
namespace {

constexpr int attempts = 600;
constexpr std::chrono::milliseconds between_attempts{100};

} // namespace

void Progress::go_on(std::size_t lane, std::int64_t step, std::int64_t apart_max) {
    steps_[lane] = step;
    while (step - *std::ranges::min_element(steps_) > apart_max) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void deliver(HttpConnection& connection, std::string_view body, std::size_t samples, Sent& sent) {
    int status = connection.send(body);
    for (int left = attempts; (status == 429 || status == 503) && left > 0; --left) {
        std::this_thread::sleep_for(between_attempts);
        ++sent.repeated;
        status = connection.send(body);
    }
    if (status / 100 != 2)
        throw std::runtime_error("samples were answered " + std::to_string(status));
    sent.samples += samples;
    ++sent.requests;
}

} // namespace atalaya::bench
