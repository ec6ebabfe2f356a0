#include "telemetry/generations.hpp"

namespace atalaya::telemetry {
namespace {

constexpr std::size_t bytes_max = std::size_t{64} << 20;
constexpr std::int64_t age_max_ms = 30 * 60'000;

} // namespace

void Generations::begin_after(std::int64_t newest) {
    const std::lock_guard lock(mutex_);
    if (current_ == 0)
        current_ = newest + 1;
}

bool Generations::begun() const {
    const std::lock_guard lock(mutex_);
    return current_ != 0;
}

Generations::Place Generations::take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    ++under_way_[current_];
    bytes_ += bytes;
    return {current_, next_seq_++, made_.contains(current_)};
}

void Generations::note_made(std::int64_t generation) {
    const std::lock_guard lock(mutex_);
    made_.insert(generation);
}

void Generations::end(std::int64_t generation) {
    const std::lock_guard lock(mutex_);
    if (--under_way_[generation] == 0)
        under_way_.erase(generation);
}

void Generations::roll(std::int64_t now_ms, bool always) {
    const std::lock_guard lock(mutex_);
    if (bytes_ == 0) {
        rolled_at_ms_ = now_ms;
        return;
    }
    if (!always && bytes_ < bytes_max && now_ms - rolled_at_ms_ < age_max_ms)
        return;
    made_.erase(current_);
    ++current_;
    bytes_ = 0;
    rolled_at_ms_ = now_ms;
}

std::int64_t Generations::oldest_in_use() const {
    const std::lock_guard lock(mutex_);
    return under_way_.empty() ? current_ : under_way_.begin()->first;
}

} // namespace atalaya::telemetry
