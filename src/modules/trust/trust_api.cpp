#include "base/text.hpp"
#include "config/config.hpp"
#include "modules/trust/trust.hpp"

namespace atalaya::trust {
namespace {

net::Response text_response(std::string_view type, std::string body) {
    net::Response response;
    response.headers = {{"Content-Type", std::string(type)}, {"Cache-Control", "no-cache"}};
    response.body = std::move(body);
    return response;
}

/// RFC 9116. Without a contact there is none to print, and the path is not found.
net::Response security_txt(const Site& site) {
    const std::string& contact = site.config.trust.security_contact;
    if (contact.empty()) {
        net::Response response =
            text_response("text/plain; charset=utf-8",
                          "This installation names no contact yet (trust.security_contact).\n");
        response.status = 404;
        return response;
    }
    const Time expires = site.clock.now() + std::chrono::hours(24 * 90);
    return text_response("text/plain; charset=utf-8",
                         "Contact: " + contact + "\nExpires: " + to_rfc3339(expires) +
                             "\nPreferred-Languages: en\nCanonical: " + site.public_url +
                             "/.well-known/security.txt\nPolicy: " + site.public_url + "/trust\n");
}

Report get_report(api::Call& call) {
    return make_report(list_standings(call.tx), call.services.public_url,
                       call.services.clock.now());
}

constexpr std::array table{
    api::endpoint<get_report>(api::Verb::get, "/trust", api::Audience::anyone, std::nullopt,
                              "Every promise, how it stands here, and the evidence."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

std::optional<net::Response> find_answer(const Site& site, const net::Request& request) {
    const auto report = [&] {
        return make_report(site.watch.standings(), site.public_url, site.clock.now());
    };
    if (request.path == "/trust") {
        return text_response("text/html; charset=utf-8",
                             render(report(), report_vkey(site.signing_seed, site.public_url)));
    }
    if (request.path == "/trust/style.css")
        return text_response("text/css; charset=utf-8", std::string(style_sheet()));
    if (request.path == "/trust/report") {
        net::Response response =
            text_response("text/plain; charset=utf-8", sign_report(report(), site.signing_seed));
        response.headers.push_back(
            {"Content-Disposition", "attachment; filename=\"trust-report.txt\""});
        return response;
    }
    if (request.path == "/.well-known/security.txt")
        return security_txt(site);
    return std::nullopt;
}

} // namespace atalaya::trust
