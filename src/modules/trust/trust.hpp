// The Trust page: what this installation promises, and what shows that it is kept. Public; no
// account, no script.
//
// `/trust` as HTML, `/trust/report` as a signed note, `/api/v1/trust` as JSON, and
// `/.well-known/security.txt` (RFC 9116). All but the JSON is drawn from memory: reading it costs
// no database.
#pragma once

#include "api/endpoint.hpp"
#include "modules/trust/report.hpp"

#include <memory>
#include <mutex>

namespace atalaya::trust {

/// Mails the operators of incidents whose 72 hours run while nobody was told: once at each stage.
/// In the platform's scope, now and then.
void remind_of_incidents(api::Call& call);

/// Gives the team that is being made the agreement as it is now; what its record says of that,
/// field and value. In the team's scope.
std::vector<std::pair<std::string, std::string>> issue_agreement(api::Call& call);

/// GET /trust of the API.
std::span<const api::Endpoint> endpoints();

/// The public paths. Page and report are drawn once for as long as no check ran again, and anew
/// after a minute: drawing takes milliseconds, of a thread that others need. Any thread.
class Site {
  public:
    Site(const Watch& watch, const config::Config& config, const Clock& clock,
         std::string public_url, Secret signing_seed);

    /// nullopt for any path that is not public here.
    std::optional<net::Response> find_answer(const net::Request& request) const;

  private:
    struct Drawn {
        std::int64_t runs = 0; ///< of the watch, by then
        Time at;
        std::string page, report, json;
        std::string page_etag, report_etag, json_etag;
    };
    std::shared_ptr<const Drawn> drawn() const;

    const Watch& watch_;
    const config::Config& config_;
    const Clock& clock_;
    const std::string public_url_;
    const Secret signing_seed_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const Drawn> drawn_; ///< shared with those who still send it
};

/// One HTML document without script; style from /trust/style.css.
std::string render(const Report& report, const Texts& texts, std::string_view vkey);
std::string_view style_sheet();

} // namespace atalaya::trust
