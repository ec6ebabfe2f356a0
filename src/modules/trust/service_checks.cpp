// What the service answers, asked as anybody would ask it, without a socket in between.
#include "api/admission.hpp"
#include "api/router.hpp"
#include "base/text.hpp"
#include "modules/trust/check.hpp"
#include "page/embedded.hpp"
#include "shape/json.hpp"

#include <array>

namespace atalaya::trust {
namespace {

using api::Audience;
using api::Router;
using std::chrono::minutes;

/// No team and no object has it.
constexpr std::string_view nobodys_id = "7b8e1f0a-5c4d-4e3f-9a2b-1c0d9e8f7a6b";

net::Request make_request(std::string_view method, std::string path) {
    net::Request request;
    request.method = method;
    request.target = path;
    request.path = std::move(path);
    request.headers = {{"host", "localhost"}};
    request.peer = "127.0.0.1";
    request.secure = true;
    return request;
}

/// The route with every parameter filled in by an id that nothing has.
std::string fill(const std::string& path) {
    std::string out;
    for (const std::string_view segment : split(std::string_view(path).substr(1), '/')) {
        out += '/';
        out += segment.starts_with('{') ? nobodys_id : segment;
    }
    return out;
}

/// Problem documents differ in the id of the request and in nothing else.
std::string without_request_id(const std::string& body) {
    auto json = shape::parse_json(body);
    if (!json || !json->if_object())
        return body;
    json->set("request_id", "");
    return shape::write_json(*json);
}

Finding look_at_login(const Surroundings& around) {
    std::int64_t asked = 0;
    for (const Router::Route& route : around.services.router.routes()) {
        const Audience audience = route.endpoint->audience;
        if (audience != Audience::team && audience != Audience::signed_in)
            continue;
        ++asked;
        const auto answer =
            around.ask(make_request(api::verb_name(route.endpoint->verb), fill(route.path)));
        if (answer.status != 401) {
            return {false, std::string(api::verb_name(route.endpoint->verb)) + " " + route.path +
                               " answered " + std::to_string(answer.status) +
                               " to nobody in particular."};
        }
    }
    return {asked > 0,
            std::to_string(asked) + " routes that hold data, and each refused the anonymous."};
}

Finding look_at_operators_paths(const Surroundings& around) {
    const auto unknown = around.ask(make_request("GET", "/api/v1/admin/no-such-path"));
    std::int64_t asked = 0;
    for (const Router::Route& route : around.services.router.routes()) {
        if (route.endpoint->audience != Audience::operator_only)
            continue;
        ++asked;
        const auto answer =
            around.ask(make_request(api::verb_name(route.endpoint->verb), fill(route.path)));
        if (answer.status != unknown.status ||
            without_request_id(answer.body) != without_request_id(unknown.body))
            return {false, "An operators' path can be told from one that does not exist."};
    }
    return {asked > 0,
            std::to_string(asked) + " operators' paths answered as a path that does not exist."};
}

Finding look_at_second_factor(const Surroundings& around) {
    access::Caller caller;
    caller.kind = access::CallerKind::user;
    caller.membership = access::Membership{};
    caller.membership->role = access::Role::owner;
    caller.membership->require_2fa = true;
    caller.assured_at = around.services.clock.now();
    std::int64_t closed = 0;
    for (const Router::Route& route : around.services.router.routes()) {
        if (route.endpoint->audience != Audience::team ||
            route.endpoint->open_without_second_factor)
            continue;
        ++closed;
        if (!api::find_refusal(*route.endpoint, caller, around.services.clock.now()))
            return {false, route.path + " is open without the second factor that a team requires."};
    }
    return {closed > 0,
            std::to_string(closed) +
                " routes stay closed where a team requires a second factor and none was "
                "given."};
}

/// An attribute or a style that makes a browser fetch from another host.
bool fetches_from_elsewhere(std::string_view text) {
    for (const std::string_view sign :
         {"src=\"http", "src=\"//", "href=\"http", "href=\"//", "url(http", "url(//", "url(\"http",
          "@import \"http", "@import url(http"}) {
        if (text.find(sign) != text.npos)
            return true;
    }
    return false;
}

Finding look_at_own_content(const Surroundings&) {
    std::int64_t seen = 0;
    for (const page::EmbeddedFile& file : page::embedded_files()) {
        if (!file.name.ends_with(".html") && !file.name.ends_with(".css"))
            continue;
        ++seen;
        if (fetches_from_elsewhere(as_text(file.content)))
            return {false, std::string(file.name) + " fetches from another host."};
    }
    if (seen == 0)
        return {true, "Nothing to look at: this program carries no page."};
    return {true,
            std::to_string(seen) + " pages and styles, none of which fetches from elsewhere."};
}

Finding look_at_security_txt(const Surroundings& around) {
    const auto answer = around.ask(make_request("GET", "/.well-known/security.txt"));
    const bool named = answer.status == 200 && answer.body.find("Contact: ") != std::string::npos;
    return {named, named ? "There is a contact for who finds a weakness."
                         : "Nobody is named to whom a weakness can be told: trust.security_contact "
                           "is not set."};
}

constexpr std::array checks{
    Check{"login-required", "every route that holds data refuses the anonymous", minutes(10),
          look_at_login},
    Check{"admin-hidden", "operators' paths look like paths that do not exist", minutes(10),
          look_at_operators_paths},
    Check{"two-factor", "nothing of a team that requires a second factor opens without",
          minutes(10), look_at_second_factor},
    Check{"own-content", "the page fetches nothing from other hosts", minutes(60),
          look_at_own_content},
    Check{"security-txt", "somebody is named to whom weaknesses can be told", minutes(60),
          look_at_security_txt},
};

} // namespace

std::span<const Check> service_checks() { return checks; }

} // namespace atalaya::trust
