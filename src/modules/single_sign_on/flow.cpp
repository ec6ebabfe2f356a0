#include "modules/single_sign_on/flow.hpp"

#include "api/admission.hpp"
#include "base/log.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "crypto/token.hpp"
#include "keyring/keyring.hpp"
#include "shape/engine.hpp"
#include "single_sign_on_sql.hpp"

namespace atalaya::single_sign_on {
namespace {

using shape::field;

constexpr std::array flow_fields{
    field<&Flow::team>("team", "By whose connection."),
    field<&Flow::state>("state", "Given back by the provider."),
    field<&Flow::nonce>("nonce", "Signed by the provider."),
    field<&Flow::verifier>("verifier", "Of PKCE."),
    field<&Flow::remember>("remember", "The session outlives the browser."),
    field<&Flow::fresh>("fresh", "A new proof is wanted."),
    field<&Flow::link_user>("link_user", "The account to connect."),
    field<&Flow::session>("session", "Its session."),
    field<&Flow::expires_at>("expires_at", "Until when it holds."),
};

constexpr Micros lifetime = std::chrono::minutes(10);
constexpr std::string_view purpose = "sso.flow";
constexpr std::string_view cookie_name = "__Host-atalaya_sso";
// Lax: the browser comes back from another site.
constexpr std::string_view cookie_rules = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=";

} // namespace
} // namespace atalaya::single_sign_on

namespace atalaya::shape {
template <>
struct Described<single_sign_on::Flow> {
    static const Shape shape;
};
const Shape Described<single_sign_on::Flow>::shape{"SsoFlow", single_sign_on::flow_fields};
} // namespace atalaya::shape

namespace atalaya::single_sign_on {
namespace {

net::Header make_cookie(api::Services& services, const Flow& flow) {
    const std::string text = shape::write_json(shape::to_json(flow));
    Writer value;
    value.raw(BytesView(flow.id.bytes));
    value.raw(services.keyring.seal(platform_team, purpose, flow.id, as_bytes(text)));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime);
    return {"Set-Cookie", std::string(cookie_name) + "=" + to_base64url(value.bytes()) +
                              std::string(cookie_rules) + std::to_string(seconds.count())};
}

} // namespace

Departure depart(api::SlowCall& call, const Connection& connection, const Wish& wish) {
    api::Services& services = call.services;
    Flow flow;
    flow.id = services.random.uuid();
    flow.team = connection.team;
    flow.state = crypto::make_token(services.random, "");
    flow.nonce = crypto::make_token(services.random, "");
    flow.verifier = crypto::make_token(services.random, "");
    flow.remember = wish.remember;
    flow.fresh = wish.fresh;
    flow.link_user = wish.link_user;
    flow.session = wish.session;
    flow.expires_at = services.clock.now() + lifetime;
    try {
        const auto provider = services.providers.get_metadata(connection.settings.issuer);
        return {oidc::authorization_url(provider, connection.settings.client_id,
                                        asked_of(services, flow)),
                make_cookie(services, flow)};
    } catch (const oidc::ProviderFault& fault) {
        log::warning("single sign-on cannot begin", {{"reason", fault.what()}});
        throw Problem(problems::unavailable)
            .detail("The provider of this single sign-on does not answer. Try again, or sign in "
                    "another way.")
            .retry_after(10);
    }
}

std::optional<Flow> find_flow(api::SlowCall& call) {
    const auto bytes =
        parse_base64url(api::cookie_value(call.incoming.request.header("cookie"), cookie_name));
    Uuid id;
    if (!bytes || bytes->size() <= id.bytes.size())
        return std::nullopt;
    std::copy_n(bytes->begin(), id.bytes.size(), id.bytes.begin());
    const Bytes sealed(bytes->begin() + static_cast<std::ptrdiff_t>(id.bytes.size()), bytes->end());
    const auto text = call.services.keyring.open_sealed(platform_team, purpose, id, sealed);
    if (!text)
        return std::nullopt;
    auto flow = shape::read_stored<Flow>(shape::parse_json(as_text(*text)).value());
    flow.id = id;
    if (flow.expires_at <= call.services.clock.now())
        return std::nullopt;
    return flow;
}

bool take_flow(api::SlowCall& call, const Flow& flow) {
    return call.transact({platform_team, UserId{}}, {}, [&](api::Call& inner) {
        inner.tx.defer(sql::single_sign_on::delete_old_arrivals,
                       {{"now", call.services.clock.now()}});
        return inner.tx
                   .query(sql::single_sign_on::take_arrival,
                          {{"flow_id", flow.id}, {"expires_at", flow.expires_at}})
                   .affected() == 1;
    });
}

net::Header ended_flow_cookie() {
    return {"Set-Cookie", std::string(cookie_name) + "=" + std::string(cookie_rules) + "0"};
}

oidc::Asked asked_of(const api::Services& services, const Flow& flow) {
    return {redirect_uri(services), flow.state, flow.nonce, flow.verifier, flow.fresh};
}

} // namespace atalaya::single_sign_on
