// What the own listener does on the network, or the proxy in front of it, asked over real sockets.
#include "base/text.hpp"
#include "modules/trust/check.hpp"
#include "net/address.hpp"
#include "net/client.hpp"
#include "net/tls.hpp"
#include "net/tls_scan.hpp"

#include <array>
#include <fstream>
#include <sstream>

namespace atalaya::trust {
namespace {

using std::chrono::minutes;

const char* const tls_elsewhere = "TLS is the proxy's here, so this listener shows nothing.";

net::ClientOptions client_options(const OwnListener& listener, bool secure) {
    net::ClientOptions options;
    options.connect_timeout = std::chrono::seconds(5);
    options.answer_timeout = std::chrono::seconds(10);
    if (secure && !listener.front.empty()) {
        options.url = listener.front;
        options.ca_file = listener.front_ca;
        return options;
    }
    options.url = (secure ? "https://" : "http://") + listener.host + ":" +
                  std::to_string(secure ? listener.https_port : listener.http_port);
    if (secure) {
        std::ifstream file(listener.certificate);
        std::stringstream text;
        text << file.rdbuf();
        options.pin = net::spki_pin(text.str()).value();
    }
    return options;
}

net::ClientResponse fetch(const OwnListener& listener, bool secure, std::string_view method,
                          std::string_view path) {
    net::HttpClient client(client_options(listener, secure));
    auto answer = client.send(method, path);
    if (!answer)
        throw std::runtime_error(answer.error().reason);
    return std::move(*answer);
}

/// Where visitors come in speaks TLS, unless that is a proxy's which is not looked at.
bool is_secure(const OwnListener& listener) {
    return !listener.proxy_mode || !listener.front.empty();
}

std::string place(const OwnListener& listener) {
    return listener.front.empty() ? "" : " At " + listener.front + ".";
}

struct Wanted {
    std::string_view name;
    std::string_view part; ///< of the value
};
constexpr std::array wanted_headers{
    Wanted{"strict-transport-security", "max-age=31536000; includeSubDomains; preload"},
    Wanted{"content-security-policy", "script-src 'self'"},
    Wanted{"content-security-policy", "frame-ancestors 'none'"},
    Wanted{"content-security-policy", "require-trusted-types-for 'script'"},
    Wanted{"x-frame-options", "DENY"},
    Wanted{"x-content-type-options", "nosniff"},
    Wanted{"referrer-policy", "strict-origin-when-cross-origin"},
    Wanted{"x-xss-protection", ""},
};

Finding look_at_headers(const Surroundings& around) {
    std::int64_t answers = 0;
    for (const std::string_view path :
         {"/", "/trust", "/api/v1/me", "/api/v1/no-such-path", "/healthz"}) {
        const auto answer = fetch(around.listener, is_secure(around.listener), "GET", path);
        ++answers;
        for (const Wanted& wanted : wanted_headers) {
            const std::string_view value = answer.header(wanted.name);
            if (value.empty() || value.find(wanted.part) == value.npos) {
                return {false, std::string(path) + " came without " + std::string(wanted.name) +
                                   " as it should be." + place(around.listener)};
            }
        }
    }
    return {true, std::to_string(answers) +
                      " kinds of answers, pages and refusals, and each carried "
                      "every header." +
                      place(around.listener)};
}

struct TlsPlace {
    std::string host;
    std::uint16_t port = 0;
};

TlsPlace tls_place(const OwnListener& listener) {
    if (listener.front.empty())
        return {listener.host, listener.https_port};
    const std::string_view address =
        std::string_view(listener.front).substr(std::string_view("https://").size());
    const std::string_view host = net::host_without_port(address);
    const auto port =
        host.size() < address.size() ? parse_integer(address.substr(host.size() + 1)) : 443;
    return {std::string(host), static_cast<std::uint16_t>(port.value_or(0))};
}

Finding look_at_tls(const Surroundings& around) {
    if (!is_secure(around.listener))
        return {false, tls_elsewhere};
    const auto [host, port] = tls_place(around.listener);
    const auto old = net::negotiate(host, port, net::TlsVersion::tls1_1);
    const auto modern = net::negotiate(host, port, net::TlsVersion::tls1_3);
    const bool holds = !old && modern;
    return {holds, "TLS 1.1 and older: " + old.value_or("refused") + "; best offered: " +
                       modern.value_or("refused") + "." + place(around.listener)};
}

Finding look_at_plain_http(const Surroundings& around) {
    const OwnListener& listener = around.listener;
    if (listener.proxy_mode)
        return {false, tls_elsewhere};
    if (listener.http_port == 0)
        return {true, "Plain HTTP is turned off."};
    const auto page = fetch(listener, false, "GET", "/");
    const auto api = fetch(listener, false, "GET", "/api/v1/me");
    const bool holds = page.status == 308 && page.header("location").starts_with("https://") &&
                       api.status == 403 && api.header("location").empty();
    return {holds, "A page answered " + std::to_string(page.status) + ", the API " +
                       std::to_string(api.status) + "."};
}

Finding look_at_csrf(const Surroundings& around) {
    net::HttpClient client(client_options(around.listener, is_secure(around.listener)));
    const auto answer = client.send("POST", "/api/v1/logout",
                                    {{"Origin", "https://elsewhere.invalid"},
                                     {"Sec-Fetch-Site", "cross-site"},
                                     {"Content-Type", "application/json"}},
                                    "{}");
    if (!answer)
        throw std::runtime_error(answer.error().reason);
    return {answer->status == 403, "A change asked for by another site was answered " +
                                       std::to_string(answer->status) + "."};
}

constexpr std::array checks{
    Check{"headers", "every answer carries the security headers", minutes(10), look_at_headers,
          true},
    Check{"tls", "the listener refuses what is older than TLS 1.2", minutes(60), look_at_tls, true},
    Check{"plain-http", "without TLS pages are redirected and the API is refused", minutes(60),
          look_at_plain_http, true},
    Check{"csrf", "another site cannot make a browser change anything", minutes(10), look_at_csrf,
          true},
};

} // namespace

std::span<const Check> listener_checks() { return checks; }

} // namespace atalaya::trust
