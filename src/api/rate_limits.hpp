// How many requests each one may make: token buckets, one for each key, team and agent, so that
// whoever asks too much waits and nobody else does.
//
// Owned by Admission; any thread. A bucket holds a minute's worth and fills evenly.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace atalaya::api {

/// What a bucket says after a request, for the RateLimit headers.
struct Allowance {
    std::int64_t limit = 0;     ///< a minute's worth; 0: not limited
    std::int64_t remaining = 0; ///< requests that could follow at once
    std::int64_t reset_s = 0;   ///< until the bucket is full again
    std::int64_t wait_s = 0;    ///< until the next request; 0: this one may go on
};

class RateLimits {
  public:
    explicit RateLimits(const Clock& clock) : clock_(clock) {}

    /// Takes one from the bucket of `whose`, if there is one to take. `per_minute` 0: any number.
    Allowance take(const Uuid& whose, std::int64_t per_minute);

  private:
    struct Bucket {
        double tokens;
        Time at; ///< when it held them
    };

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<Uuid, Bucket> buckets_;
};

} // namespace atalaya::api
