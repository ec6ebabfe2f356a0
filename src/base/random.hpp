// The seam through which randomness enters. Production uses the kernel's; simulations use a seed.
#pragma once

#include "base/bytes.hpp"
#include "base/ids.hpp"

#include <span>

namespace atalaya {

class Random {
  public:
    virtual ~Random() = default;
    /// Fills `out`. Any thread.
    virtual void fill(std::span<std::uint8_t> out) = 0;

    Bytes bytes(std::size_t size) {
        Bytes out(size);
        fill(out);
        return out;
    }
    /// Version 4 (RFC 9562).
    Uuid uuid() {
        Uuid id;
        fill(id.bytes);
        id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
        id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
        return id;
    }
};

/// getrandom(2); aborts when the kernel has none to give.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::uint8_t> out) override;
};

} // namespace atalaya
