// How answers look on the wire, and the answers that this room gives by itself.
// Pure; any thread. A Response that must not be written (CR or LF in a value, a field that is the
// session's) throws LogicFault.
#pragma once

#include "net/head.hpp"
#include "net/server.hpp"

#include <string>
#include <string_view>

namespace atalaya::net {

struct AnswerForm {
    bool keep_alive = true;
    bool chunked = false; ///< a stream to a client that knows HTTP/1.1
    bool http_1_0 = false;
    bool head_only = false;
};

/// Status line, the fixed headers, the response's own, framing, blank line.
void append_answer_head(std::string& out, const Response& response,
                        const std::vector<Header>& fixed, const AnswerForm& form,
                        std::string_view date);

/// By options.refuse, or in plain text when there is none or it fails.
Response make_refusal(const ServerOptions& options, const Refusal& refusal);

/// What plain HTTP answers when it does not serve the application: pages are sent to HTTPS, the API
/// is refused (a redirect would teach clients to send keys in clear first; OWASP ASVS 4.1.2).
Response answer_in_clear(const ServerOptions& options, const Request& request,
                         std::uint16_t https_port);

/// RFC 9110 IMF-fixdate.
std::string http_date(std::int64_t unix_s);

} // namespace atalaya::net
