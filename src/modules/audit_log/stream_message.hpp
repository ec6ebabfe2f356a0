// An event on its way to a collector: as a webhook in the form of Standard Webhooks, or as a syslog
// message of RFC 5424, framed by octet counting (RFC 5425). Pure; any thread.
//
// What a collector needs to notice a repetition or a gap is in each: the event's id, its number in
// the chain, and its hash.
#pragma once

#include "base/result.hpp"
#include "egress/tls_channel.hpp"
#include "modules/audit_log/shapes.hpp"

namespace atalaya::audit_log {

/// Without a name or password in it.
bool is_webhook_url(std::string_view url);
/// The other side of a syslog stream; the reason is for who wrote it.
Result<egress::Endpoint> parse_syslog_url(std::string_view url);

/// `secret` is whsec_ and base64.
egress::Request make_webhook(const std::string& url, std::string_view secret, TeamId team,
                             const EventSummary& event, Time now);
egress::Request make_test_webhook(const std::string& url, std::string_view secret, TeamId team,
                                  const Uuid& id, Time now);

/// `host` is this installation's name.
std::string make_syslog(std::string_view host, TeamId team, const EventSummary& event);
std::string make_test_syslog(std::string_view host, TeamId team, Time now);

} // namespace atalaya::audit_log
