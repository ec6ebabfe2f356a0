// What the texts of settings must be: each gives why a text is not acceptable, as "must be ...", or
// nothing when it is. Private to this room. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace atalaya::config {

using Refusal = std::optional<std::string>;

Refusal check_address(std::string_view text);
Refusal check_http_address(std::string_view text);
Refusal check_public_url(std::string_view text);
Refusal check_not_empty(std::string_view text);
Refusal check_network(std::string_view text);
Refusal check_host_name(std::string_view text);
Refusal check_memory(std::string_view text);
Refusal check_smtp_url(std::string_view text);
Refusal check_issuer(std::string_view text);
Refusal check_domain(std::string_view text);
Refusal check_contact(std::string_view text);
Refusal check_mail_from(std::string_view text);
Refusal check_timestamp_url(std::string_view text);
Refusal check_mail_address(std::string_view text);

} // namespace atalaya::config
