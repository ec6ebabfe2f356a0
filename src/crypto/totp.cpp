#include "crypto/totp.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace atalaya::crypto {

namespace {

constexpr Micros step_length = std::chrono::seconds(30);

} // namespace

std::int64_t totp_step(Time time) { return time.us / step_length.count(); }

std::string totp_code(const Secret& seed, std::int64_t step, int digits) {
    const Bytes counter = Writer().i64(step).bytes();
    std::array<std::uint8_t, 20> mac{};
    unsigned size = 0;
    CHECK(HMAC(EVP_sha1(), seed.reveal().data(), static_cast<int>(seed.reveal().size()),
               counter.data(), counter.size(), mac.data(), &size));
    CHECK(size == mac.size());
    const std::size_t at = mac.back() & 0x0f;
    std::uint32_t number = Reader(BytesView(mac).subspan(at)).u32() & 0x7fffffff;
    std::string code(static_cast<std::size_t>(digits), '0');
    for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10)
        *digit = static_cast<char>('0' + number % 10);
    return code;
}

std::optional<std::int64_t> find_totp_step(const Secret& seed, std::string_view code, Time now,
                                           std::int64_t last_step) {
    std::optional<std::int64_t> found;
    const std::int64_t current = totp_step(now);
    for (std::int64_t step = current - 1; step <= current + 1; ++step) {
        const bool same = equal_constant_time(as_bytes(totp_code(seed, step)), as_bytes(code));
        if (same && step > last_step)
            found = step;
    }
    return found;
}

std::string to_base32(BytesView bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const std::uint8_t byte : bytes) {
        held = (held << 8 | byte) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            out += alphabet[held >> (bits - 5) & 31];
    }
    if (bits > 0)
        out += alphabet[held << (5 - bits) & 31];
    return out;
}

std::string make_otpauth_uri(const Secret& seed, std::string_view issuer,
                             std::string_view account) {
    const std::string name = percent_encode(issuer);
    return "otpauth://totp/" + name + ":" + percent_encode(account) +
           "?secret=" + to_base32(seed.reveal()) + "&issuer=" + name +
           "&algorithm=SHA1&digits=6&period=30";
}

} // namespace atalaya::crypto
