#include "api/rate_limits.hpp"

#include <algorithm>
#include <cmath>

namespace atalaya::api {
namespace {

constexpr std::size_t buckets_max = 100'000;
constexpr double minute_us = 60e6;
constexpr Micros minute = std::chrono::minutes(1);

std::int64_t whole_seconds(double tokens, double per_us) {
    return static_cast<std::int64_t>(std::ceil(tokens / per_us / 1e6));
}

} // namespace

Allowance RateLimits::take(const Uuid& whose, std::int64_t per_minute) {
    if (per_minute == 0)
        return {};
    const auto capacity = static_cast<double>(per_minute);
    const double per_us = capacity / minute_us;
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    // Whoever was quiet for a minute has a full bucket, which is what a missing one counts as.
    if (buckets_.size() >= buckets_max)
        std::erase_if(buckets_, [&](const auto& entry) { return entry.second.at + minute < now; });
    Bucket& bucket = buckets_.try_emplace(whose, Bucket{capacity, now}).first->second;
    const auto passed = static_cast<double>(std::max(Micros(0), now - bucket.at).count());
    bucket.tokens = std::min(capacity, bucket.tokens + passed * per_us);
    bucket.at = now;
    Allowance out;
    out.limit = per_minute;
    if (bucket.tokens < 1)
        out.wait_s = std::max<std::int64_t>(1, whole_seconds(1 - bucket.tokens, per_us));
    else
        bucket.tokens -= 1;
    out.remaining = static_cast<std::int64_t>(bucket.tokens);
    out.reset_s = whole_seconds(capacity - bucket.tokens, per_us);
    return out;
}

} // namespace atalaya::api
