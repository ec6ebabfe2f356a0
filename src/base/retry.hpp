// How long to wait before something that failed is tried again. Pure; any thread.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace atalaya {

/// `least` after the first failed attempt, then twice as long each time, up to `most`.
inline Micros retry_delay(std::int64_t attempts, Micros least, Micros most) {
    const auto doublings = std::clamp<std::int64_t>(attempts - 1, 0, 16);
    return std::min(most, least * (std::int64_t(1) << doublings));
}

} // namespace atalaya
