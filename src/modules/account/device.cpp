#include "modules/account/device.hpp"

#include "api/admission.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"

namespace atalaya::account {
namespace {

constexpr std::string_view cookie_name = "__Host-atalaya_device";
constexpr std::chrono::hours lifetime = std::chrono::hours(24) * 180;
constexpr std::size_t nonce_size = 16;

crypto::Hash mac_of(api::Services& services, std::string_view email, BytesView body) {
    const auto account = identity::email_index(services.keyring, email);
    const Secret key = services.keyring.system_key("known_device");
    Writer bound;
    bound.raw(account).raw(body);
    return crypto::hmac_sha256(key.reveal(), bound.bytes());
}

} // namespace

net::Header device_cookie(api::Services& services, std::string_view email) {
    const Time expires_at = services.clock.now() + lifetime;
    Writer value;
    value.i64(expires_at.us).raw(services.random.bytes(nonce_size));
    const auto mac = mac_of(services, email, value.bytes());
    value.raw(mac);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
    return {"Set-Cookie",
            std::string(cookie_name) + "=" + to_base64url(value.bytes()) +
                "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(seconds)};
}

std::optional<Bytes> find_device_counter(api::Services& services, const net::Request& request,
                                         std::string_view email, Time now) {
    const auto value = parse_base64url(api::cookie_value(request.header("cookie"), cookie_name));
    if (!value)
        return std::nullopt;
    Reader reader(*value);
    const Time expires_at{reader.i64()};
    const BytesView nonce = reader.raw(nonce_size);
    const BytesView mac = reader.raw(sizeof(crypto::Hash));
    if (!reader.done() || expires_at <= now)
        return std::nullopt;
    const BytesView body = BytesView(*value).first(value->size() - mac.size());
    if (!crypto::equal_constant_time(mac, mac_of(services, email, body)))
        return std::nullopt;
    return to_bytes(services.keyring.system_blind_index("attempt.device", as_text(nonce)));
}

} // namespace atalaya::account
