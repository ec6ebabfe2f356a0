#include "base/problems.hpp"
#include "config/config.hpp"
#include "crypto/password_rules.hpp"
#include "keyring/keyring.hpp"
#include "modules/identity/identity.hpp"
#include "shape/engine.hpp"

namespace atalaya::identity {
namespace {

Secret pepper(const api::Services& services) {
    return services.keyring.system_key("password_pepper");
}

crypto::PasswordScheme scheme(const api::Services& services) {
    return services.config.password.scheme == config::PasswordScheme::argon2id
               ? crypto::PasswordScheme::argon2id
               : crypto::PasswordScheme::bcrypt;
}

Bytes attempt_key(const api::Services& services, std::string_view what, UserId user) {
    return to_bytes(
        services.keyring.system_blind_index("attempt." + std::string(what), to_string(user)));
}

} // namespace

std::int64_t password_length_min(const config::Config& config, bool second_factor) {
    const auto& lengths = config.password;
    return second_factor ? lengths.length_min
                         : std::max(lengths.length_min, lengths.length_min_alone);
}

void check_password(const api::Services& services, std::string_view password,
                    const PasswordOwner& owner, const std::string& pointer) {
    std::vector<std::string> places = owner.teams;
    places.push_back(services.public_url);
    const auto length_min =
        static_cast<std::size_t>(password_length_min(services.config, owner.second_factor));
    shape::throw_if_any(crypto::check_password_rules(
        Secret(password), {owner.person.name, owner.person.email, places}, length_min, pointer));
}

std::string hash_password(const api::Services& services, std::string_view password) {
    return crypto::hash_password(Secret(password), pepper(services), scheme(services));
}

crypto::Verdict verify_password(const api::Services& services, const std::string& stored,
                                std::string_view password) {
    return crypto::verify_password(stored, Secret(password), pepper(services), scheme(services));
}

void prove_password(api::SlowCall& call, std::string_view password, const std::string& pointer) {
    constexpr std::string_view what = "own_password";
    const UserId user = call.caller().user;
    take_attempt(call, what, user);
    const std::string stored = call.transact({platform_team, user}, {}, [&](api::Call& inner) {
        return get_password_hash(inner.tx, user);
    });
    if (!verify_password(call.services, stored, password).ok)
        throw Problem(problems::invalid).at(pointer, "wrong", "This is not your password.");
    forget_attempts(call, what, user);
}

void take_attempt(api::SlowCall& call, std::string_view what, UserId user) {
    const Bytes key = attempt_key(call.services, what, user);
    const auto until =
        call.look_up([&](db::Connection& connection) { return take_attempt(connection, key); });
    if (!until)
        return;
    const auto wait =
        std::chrono::ceil<std::chrono::seconds>(*until - call.services.clock.now()).count();
    throw Problem(problems::too_many_requests).retry_after(std::max(1, static_cast<int>(wait)));
}

void forget_attempts(api::SlowCall& call, std::string_view what, UserId user) {
    const std::vector<Bytes> keys{attempt_key(call.services, what, user)};
    call.look_up([&](db::Connection& connection) { clear_failures(connection, keys); });
}

} // namespace atalaya::identity
