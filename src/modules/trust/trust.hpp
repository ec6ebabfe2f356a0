// The Trust page: what this installation promises, and what shows that it is kept. Public; no
// account, no script.
//
// `/trust` as HTML, `/trust/report` as a signed note, `/api/v1/trust` as JSON, and
// `/.well-known/security.txt` (RFC 9116). All of it is drawn from memory: reading it costs no
// database.
#pragma once

#include "api/endpoint.hpp"
#include "modules/trust/report.hpp"

namespace atalaya::trust {

/// GET /trust of the API.
std::span<const api::Endpoint> endpoints();

/// What the public pages are made of.
struct Site {
    const Watch& watch;
    const config::Config& config;
    const Clock& clock;
    std::string public_url;
    Secret signing_seed;
};
/// Answers the public paths; nullopt for any other. Any thread.
std::optional<net::Response> find_answer(const Site& site, const net::Request& request);

/// One HTML document without script; style from /trust/style.css.
std::string render(const Report& report, std::string_view vkey);
std::string_view style_sheet();

} // namespace atalaya::trust
