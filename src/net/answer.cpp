#include "net/answer.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "net/address.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace atalaya::net {
namespace {

constexpr std::array<std::string_view, 7> paths_never_in_clear{
    "/api", "/agent", "/prometheus", "/otlp", "/loki", "/probe", "/ping",
};
constexpr std::array<std::string_view, 5> session_fields{
    "content-length", "transfer-encoding", "connection", "date", "keep-alive",
};

std::string_view reason(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    case 507:
        return "Insufficient Storage";
    default:
        return ""; // allowed to be empty; nobody reads it
    }
}

bool has_field(const std::vector<Header>& fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const Header& field) { return equal_ignoring_case(field.name, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

void append_answer_head(std::string& out, const Response& response,
                        const std::vector<Header>& fixed, const AnswerForm& form,
                        std::string_view date) {
    CHECK_REQUEST(response.status >= 200 && response.status <= 599);
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(reason(response.status)).append("\r\n");
    append_field(out, "Date", date);
    for (const Header& field : fixed) {
        if (!has_field(response.headers, field.name))
            append_field(out, field.name, field.value);
    }
    for (const Header& field : response.headers) {
        CHECK_REQUEST(is_token(field.name) && is_field_value(field.value));
        CHECK_REQUEST(std::none_of(session_fields.begin(), session_fields.end(), [&](auto name) {
            return equal_ignoring_case(field.name, name);
        }));
        append_field(out, field.name, field.value);
    }
    if (form.chunked) {
        append_field(out, "Transfer-Encoding", "chunked");
    } else if (!response.stream && response.status != 204 && response.status != 304) {
        append_field(out, "Content-Length", std::to_string(response.body.size()));
    }
    if (!form.keep_alive) {
        append_field(out, "Connection", "close");
    } else if (form.http_1_0) {
        append_field(out, "Connection", "keep-alive");
    }
    out.append("\r\n");
}

Response make_refusal(const ServerOptions& options, const Refusal& refusal) {
    Response out;
    try {
        if (options.refuse)
            out = options.refuse(*refusal.kind, refusal.detail);
    } catch (const std::exception&) {
        log::error("net.refuse_failed", {{"code", std::string(refusal.kind->code)}});
        out = {};
    }
    if (out.headers.empty() && out.body.empty()) {
        out.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
        out.body = std::string(refusal.kind->title) + ". " + refusal.detail + "\n";
        out.status = refusal.kind->status;
    }
    if (out.status == 503 && !has_field(out.headers, "retry-after"))
        out.headers.push_back({"Retry-After", "1"});
    return out;
}

Response answer_in_clear(const ServerOptions& options, const Request& request,
                         std::uint16_t https_port) {
    for (const std::string_view root : paths_never_in_clear) {
        const std::string_view path = request.path;
        if (path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/'))
            return make_refusal(
                options, {&problems::https_required, std::string(problems::https_required.advice)});
    }
    const std::string_view host = host_without_port(request.header("host"));
    if (host.empty() || https_port == 0)
        return make_refusal(options, {&problems::bad_request, "Use the HTTPS address."});
    std::string location = "https://";
    location += host;
    if (https_port != 443)
        location.append(":").append(std::to_string(https_port));
    location += request.target;
    return {308, {{"Location", std::move(location)}}, {}, nullptr};
}

std::string http_date(std::int64_t unix_s) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t moment = unix_s;
    std::tm utc{};
    gmtime_r(&moment, &utc); // strftime would follow the locale
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                  months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                  utc.tm_min, utc.tm_sec);
    return text;
}

} // namespace atalaya::net
