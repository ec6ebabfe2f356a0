#include "base/text.hpp"
#include "config/config.hpp"
#include "crypto/hash.hpp"
#include "modules/trust/trust.hpp"

namespace atalaya::trust {
namespace {

constexpr std::chrono::minutes drawn_for{1};
constexpr std::string_view text_root = "/trust/text/";

net::Response text_response(std::string_view type, std::string body) {
    net::Response response;
    response.headers = {{"Content-Type", std::string(type)}, {"Cache-Control", "no-cache"}};
    response.body = std::move(body);
    return response;
}

std::string etag_of(const std::string& text) {
    return "\"" + to_hex(crypto::sha256(text)).substr(0, 32) + "\"";
}

net::Response tagged_response(const net::Request& request, std::string_view type,
                              const std::string& body, const std::string& etag) {
    const bool known = request.header("if-none-match") == etag;
    net::Response response = text_response(type, known ? std::string() : body);
    response.headers.push_back({"ETag", etag});
    if (known)
        response.status = 304;
    return response;
}

/// RFC 9116. Without a contact there is none to print, and the path is not found.
net::Response security_txt(const std::string& contact, const std::string& public_url, Time now) {
    if (contact.empty()) {
        net::Response response =
            text_response("text/plain; charset=utf-8",
                          "This installation names no contact yet (trust.security_contact).\n");
        response.status = 404;
        return response;
    }
    const Time expires = now + std::chrono::hours(24 * 90);
    return text_response("text/plain; charset=utf-8",
                         "Contact: " + contact + "\nExpires: " + to_rfc3339(expires) +
                             "\nPreferred-Languages: en\nCanonical: " + public_url +
                             "/.well-known/security.txt\nPolicy: " + public_url + "/trust\n");
}

/// As a file, to be kept.
std::optional<net::Response> find_text(const Texts& texts, std::string_view kind) {
    for (const PublicText& text : texts) {
        if (shape::enum_name(text.kind) != kind)
            continue;
        net::Response response = text_response("text/plain; charset=utf-8", text.content + "\n");
        response.headers.push_back(
            {"Content-Disposition", "attachment; filename=\"" + std::string(kind) + "-" +
                                        std::to_string(text.revision) + ".txt\""});
        return response;
    }
    return std::nullopt;
}

Report get_report(api::Call& call) {
    return make_report(list_standings(call.tx), list_checks(checks_at_most(call.services.config)),
                       list_texts(call.tx), call.services.public_url, call.services.clock.now());
}

constexpr std::array table{
    api::endpoint<get_report>(api::Verb::get, "/trust", api::Audience::anyone, std::nullopt,
                              "Every promise, how it stands here, and the evidence."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

Site::Site(const Watch& watch, const config::Config& config, const Clock& clock,
           std::string public_url, Secret signing_seed)
    : watch_(watch),
      config_(config),
      clock_(clock),
      public_url_(std::move(public_url)),
      signing_seed_(std::move(signing_seed)) {}

std::shared_ptr<const Site::Drawn> Site::drawn() const {
    const Time now = clock_.now();
    const std::int64_t runs = watch_.runs();
    // Whoever comes while it is drawn waits for that instead of drawing too.
    const std::lock_guard lock(mutex_);
    if (drawn_ && drawn_->runs == runs && now - drawn_->at < drawn_for && drawn_->at <= now)
        return drawn_;
    const Texts texts = watch_.texts();
    const Report report = make_report(watch_.standings(), list_checks(checks_at_most(config_)),
                                      texts, public_url_, now);
    auto fresh = std::make_shared<Drawn>();
    fresh->runs = runs;
    fresh->at = now;
    fresh->page = render(report, texts, report_vkey(signing_seed_, public_url_));
    fresh->report = sign_report(report, signing_seed_);
    fresh->json =
        shape::write_json(shape::object_to_json(shape::Described<Report>::shape, &report));
    fresh->page_etag = etag_of(fresh->page);
    fresh->report_etag = etag_of(fresh->report);
    fresh->json_etag = etag_of(fresh->json);
    drawn_ = std::move(fresh);
    return drawn_;
}

std::optional<net::Response> Site::find_answer(const net::Request& request) const {
    if (request.path == "/trust") {
        const auto now = drawn();
        return tagged_response(request, "text/html; charset=utf-8", now->page, now->page_etag);
    }
    if (request.path == "/trust/style.css")
        return text_response("text/css; charset=utf-8", std::string(style_sheet()));
    if (request.path == "/trust/report") {
        const auto now = drawn();
        net::Response response =
            tagged_response(request, "text/plain; charset=utf-8", now->report, now->report_etag);
        response.headers.push_back(
            {"Content-Disposition", "attachment; filename=\"trust-report.txt\""});
        return response;
    }
    // Until the checks are known, the endpoint itself asks the database.
    if (request.path == "/api/v1/trust" && request.query.empty() && watch_.runs() > 0) {
        const auto now = drawn();
        return tagged_response(request, "application/json", now->json, now->json_etag);
    }
    if (request.path.starts_with(text_root))
        return find_text(watch_.texts(), request.path.substr(text_root.size()));
    if (request.path == "/.well-known/security.txt")
        return security_txt(config_.trust.security_contact, public_url_, clock_.now());
    return std::nullopt;
}

} // namespace atalaya::trust
