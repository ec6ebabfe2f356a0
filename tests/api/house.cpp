#include "api/house.hpp"

#include "base/text.hpp"
#include "db/script_session.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "server/modules.hpp"
#include "team_sql.hpp"

#include <future>

namespace atalaya {

db::MigrationLists pgtest::migrations() { return server_program::migrations(); }

namespace apitest {
namespace {

std::filesystem::path make_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "atalaya-api-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
        throw std::runtime_error("mkdtemp failed");
    return pattern;
}

net::Request split_target(const std::string& method, const std::string& target) {
    net::Request request;
    request.method = method;
    request.target = target;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos)
        request.query = target.substr(question + 1);
    request.peer = "192.0.2.7";
    request.secure = true;
    request.headers.push_back({"user-agent", "atalaya-test"});
    return request;
}

int made = 0;

} // namespace

std::string Answer::code() const {
    const auto parsed = shape::parse_json(body);
    const shape::Json* code = parsed ? parsed->find("code") : nullptr;
    return code && code->if_string() ? *code->if_string() : "";
}

std::string Answer::body_without_id() const {
    constexpr std::string_view name = "\"request_id\":\"";
    const auto begin = body.find(name);
    if (begin == std::string::npos)
        return body;
    const auto end = body.find('"', begin + name.size());
    return body.substr(0, begin) + body.substr(end);
}

void Browser::adopt(const Answer& answer) {
    if (const auto header = answer.headers.find("set-cookie"); header != answer.headers.end())
        cookie = header->second.substr(0, header->second.find(';'));
}

House::House(outbox::Transport mail)
    : directory_(make_directory()), database_("house_" + std::to_string(++made)) {
    config::Sources sources;
    // The faster of the two schemes: these tests make hundreds of passwords.
    sources.environment = {{"ATALAYA_SIGNUP_MODE", "open"},
                           {"ATALAYA_PASSWORD_SCHEME", "argon2id"},
                           {"ATALAYA_DATABASE_CONNECTIONS", "4"},
                           {"ATALAYA_OIDC_ISSUER", FakeProvider::issuer},
                           {"ATALAYA_OIDC_CLIENT_ID", "atalaya"},
                           {"ATALAYA_OIDC_SIGN_UP", "yes"},
                           {"ATALAYA_OIDC_TEAM_DOMAINS", "example.com"}};
    if (mail) {
        sources.environment["ATALAYA_MAIL_SMTP_URL"] = "smtp://mail.example";
        sources.environment["ATALAYA_MAIL_FROM"] = "atalaya@example.com";
        sources.environment["ATALAYA_AUDIT_DIGEST_TO"] = "auditor@example.com";
    }
    config_ = std::make_unique<config::Config>(config::parse_config(sources));
    server_program::InstanceOptions options;
    options.config = config_.get();
    options.directory = directory_;
    options.database_server = pgtest::server_dsn();
    options.database = database_;
    options.public_url = "https://house.example";
    options.clock = &clock_;
    options.random = &random_;
    options.on_first_use = pgtest::note_executed;
    options.mail_transport = std::move(mail);
    options.way_out = [this](const egress::Request& request) { return provider_.answer(request); };
    // One collector takes everything; no other address may be reached.
    options.tls_way_out = [](const egress::Endpoint& to, std::string_view) {
        return to.host == "collector.example" ? std::nullopt
                                              : std::optional(egress::Failure::denied);
    };
    db::bootstrap(options.database_server, options.database);
    instance_ = std::make_unique<server_program::Instance>(options);
}

House::~House() {
    instance_.reset();
    std::filesystem::remove_all(directory_);
}

/// All of a download; of events that come for ever, nothing.
static std::string drain(net::Stream& stream, const std::string& media) {
    std::string body;
    for (bool last = media == "text/event-stream"; !last && !stream.closed();) {
        const auto taken = stream.take();
        body += taken.bytes;
        last = taken.last;
        if (taken.bytes.empty())
            std::this_thread::yield();
    }
    stream.close();
    return body;
}

Answer House::call(net::Request request) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    net::Reply reply([promise](std::optional<net::Response> response) {
        Answer answer;
        if (response) {
            answer.status = response->status;
            for (const net::Header& header : response->headers) {
                answer.headers[to_lower(header.name)] = header.value;
                if (to_lower(header.name) == "set-cookie")
                    answer.cookies.push_back(header.value);
            }
            answer.body = response->body;
            answer.not_before = response->not_before;
            if (response->stream)
                answer.body += drain(*response->stream, answer.headers["content-type"]);
        }
        promise->set_value(std::move(answer));
    });
    instance_->service().handle(std::move(request), std::move(reply));
    return future.get();
}

Answer House::call(const Browser& browser, const std::string& method, const std::string& path,
                   const std::string& body, std::vector<net::Header> headers) {
    net::Request request = split_target(method, path);
    if (!browser.cookie.empty())
        request.headers.push_back({"cookie", browser.cookie});
    if (!browser.csrf.empty())
        request.headers.push_back({"x-csrf-token", browser.csrf});
    if (!body.empty())
        request.headers.push_back({"content-type", "application/json"});
    for (net::Header& header : headers) {
        std::erase_if(request.headers,
                      [&](const net::Header& known) { return known.name == header.name; });
        request.headers.push_back(std::move(header));
    }
    request.body = body;
    return call(std::move(request));
}

Browser House::sign_up(const std::string& name, const std::string& email, const std::string& team) {
    shape::Json body = shape::json_object({{"name", name},
                                           {"email", email},
                                           {"password", "seven green bicycles"},
                                           {"team_name", team}});
    if (const std::string link = instance_->set_up_link(); !link.empty())
        body.set("setup_token", link.substr(link.find('#') + 1));
    net::Request request = split_target("POST", "/api/v1/signup");
    request.headers.push_back({"content-type", "application/json"});
    request.body = shape::write_json(body);
    // From a network of their own: nobody waits because many signed up before.
    ++people_;
    request.peer = "2001:db8:0:" + std::to_string(people_) + "::1";
    const Answer answer = call(std::move(request));
    if (answer.status != 201)
        throw std::runtime_error("sign-up: " + answer.body);
    Browser browser;
    browser.adopt(answer);
    const shape::Json json = answer.json();
    browser.user = UserId(parse_uuid(*json.find("user")->find("id")->if_string()).value());
    browser.team = TeamId(parse_uuid(*json.find("team")->find("id")->if_string()).value());
    browser.csrf = *call(browser, "GET", "/api/v1/me").json().find("csrf_token")->if_string();
    return browser;
}

void House::add_member(const Browser& browser, TeamId team, const std::string& role) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    api::SlowCall call(instance_->services(), incoming);
    call.transact({team, browser.user}, {team}, [&](api::Call& inner) {
        inner.tx.defer(sql::team::insert_member,
                       {{"team_id", team}, {"user_id", browser.user}, {"role", role}});
        inner.record_person("member.add", browser.user, {});
    });
    instance_->services().identities.forget_user(browser.user);
}

void House::make_operator(const Browser& browser, bool second_factor) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    api::SlowCall call(instance_->services(), incoming);
    call.transact({}, {platform_team}, [&](api::Call& inner) {
        operator_desk::make_operator(inner.tx, inner.recorder, browser.user);
    });
    if (second_factor) {
        db::ScriptSession(pgtest::server_dsn(), database_, "atalaya_super")
            .run("begin; alter table idn.sessions disable trigger audited; "
                 "update idn.sessions set second_factor = true where user_id = '" +
                 to_string(browser.user) +
                 "'; alter table idn.sessions enable always trigger audited; commit");
    }
    instance_->services().identities.forget_user(browser.user);
}

std::string text(const shape::Json& json, std::string_view name) {
    const shape::Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

std::string base(const Browser& browser) { return "/api/v1/teams/" + to_string(browser.team); }

} // namespace apitest
} // namespace atalaya
