#include "base/random.hpp"

#include "base/check.hpp"

#include <cerrno>
#include <sys/random.h>

namespace atalaya {

void SystemRandom::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const ssize_t got = getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            CHECK(errno == EINTR);
            continue;
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

} // namespace atalaya
