#include "modules/audit_log/stream_message.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "shape/engine.hpp"

#include <algorithm>

namespace atalaya::audit_log {
namespace {

constexpr std::string_view syslog_scheme = "syslog+tls://";
constexpr std::string_view secret_prefix = "whsec_";
constexpr std::uint16_t syslog_port = 6514;
constexpr int facility = 13; // log audit
constexpr std::size_t host_size_max = 255, message_id_size_max = 32;
/// RFC 5424 numbers messages up to 2^31 - 1.
constexpr std::int64_t sequence_max = 2'147'483'647;

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

egress::Request sign(const std::string& url, std::string_view secret, const std::string& id,
                     Time now, std::string body) {
    const std::string seconds = std::to_string(now.us / 1'000'000);
    if (secret.starts_with(secret_prefix))
        secret.remove_prefix(secret_prefix.size());
    const Bytes key = parse_base64(secret).value_or(Bytes{});
    const std::string signed_text = id + "." + seconds + "." + body;
    const std::string mac = to_base64(crypto::hmac_sha256(key, as_bytes(signed_text)));
    egress::Request request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Content-Type", "application/json"},
                       {"webhook-id", id},
                       {"webhook-timestamp", seconds},
                       {"webhook-signature", "v1," + mac}};
    request.body = std::move(body);
    return request;
}

/// What a syslog header takes: printable ASCII without spaces, never nothing.
std::string header_text(std::string_view text, std::size_t size_max) {
    std::string out;
    for (const char c : text.substr(0, size_max)) {
        if (c > ' ' && c <= '~')
            out += c;
    }
    return out.empty() ? "-" : out;
}

std::string frame(int severity, Time at, std::string_view host, std::string_view id,
                  std::int64_t sequence, const std::string& text) {
    const std::string message =
        "<" + std::to_string(facility * 8 + severity) + ">1 " + to_rfc3339(at) + " " +
        header_text(host, host_size_max) + " atalaya - " + header_text(id, message_id_size_max) +
        " [meta sequenceId=\"" + std::to_string((sequence - 1) % sequence_max + 1) +
        "\"] \xef\xbb\xbf" + text;
    return std::to_string(message.size()) + " " + message;
}

int severity_of(const EventSummary& event) {
    return event.outcome == "ok" ? 6 : event.outcome == "denied" ? 4 : 3;
}

} // namespace

bool is_webhook_url(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    return url.starts_with(scheme) && url.size() > scheme.size() && is_printable(url) &&
           url.find('@') == url.npos;
}

Result<egress::Endpoint> parse_syslog_url(std::string_view url) {
    const ParseError error{"Write syslog+tls://HOST:PORT."};
    if (!url.starts_with(syslog_scheme))
        return error;
    std::string_view rest = url.substr(syslog_scheme.size());
    egress::Endpoint out{{}, syslog_port};
    // An IPv6 address stands in brackets, and has colons of its own.
    const auto bracket = rest.starts_with('[') ? rest.find(']') : rest.npos;
    const auto colon = rest.find(':', bracket == rest.npos ? 0 : bracket);
    if (colon != rest.npos) {
        const auto port = parse_integer(rest.substr(colon + 1));
        if (!port || *port < 1 || *port > 65535)
            return error;
        out.port = static_cast<std::uint16_t>(*port);
        rest = rest.substr(0, colon);
    }
    if (bracket != rest.npos) {
        if (bracket + 1 != rest.size())
            return error;
        rest = rest.substr(1, bracket - 1);
    }
    out.host = rest;
    if (rest.empty() || rest.size() > host_size_max || !is_printable(rest) ||
        rest.find_first_of("/?#@[]") != rest.npos)
        return error;
    return out;
}

egress::Request make_webhook(const std::string& url, std::string_view secret, TeamId team,
                             const EventSummary& event, Time now) {
    const shape::Json body = shape::json_object(
        {{"type", "audit.event"},
         {"timestamp", to_rfc3339(event.at)},
         {"data",
          shape::json_object({{"team", to_string(team)}, {"event", shape::to_json(event)}})}});
    return sign(url, secret, to_string(event.id), now, shape::write_json(body));
}

egress::Request make_test_webhook(const std::string& url, std::string_view secret, TeamId team,
                                  const Uuid& id, Time now) {
    const shape::Json body =
        shape::json_object({{"type", "audit.test"},
                            {"timestamp", to_rfc3339(now)},
                            {"data", shape::json_object({{"team", to_string(team)}})}});
    return sign(url, secret, to_string(id), now, shape::write_json(body));
}

std::string make_syslog(std::string_view host, TeamId team, const EventSummary& event) {
    shape::Json text = shape::json_object({{"team", to_string(team)}});
    text.set("event", shape::to_json(event));
    return frame(severity_of(event), event.at, host, event.action, event.seq,
                 shape::write_json(text));
}

std::string make_test_syslog(std::string_view host, TeamId team, Time now) {
    const shape::Json text = shape::json_object({{"team", to_string(team)}, {"test", true}});
    return frame(6, now, host, "audit.test", 1, shape::write_json(text));
}

} // namespace atalaya::audit_log
