// How each endpoint is called so that it changes something; for the walk that sends every change
// twice. A new endpoint needs a line in `requests()`.
#pragma once

#include "api/house.hpp"
#include "api/idempotency.hpp"
#include "api/once_dashboard_test.hpp"
#include "api/once_erasure_test.hpp"
#include "api/once_metrics_test.hpp"
#include "api/once_stream_test.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "crypto/hash.hpp"
#include "db/script_session.hpp"
#include "wire/frame.hpp"

#include <future>
#include <gtest/gtest.h>
#include <thread>

namespace atalaya::apitest {
inline constexpr const char* password = "seven green bicycles";
inline constexpr const char* next_password = "eleven yellow umbrellas";

class Once : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        house = std::make_unique<House>();
        ada = house->sign_up("Ada Example", "ada@example.com", "Harbour");
        team = "/api/v1/teams/" + to_string(ada.team);
    }
    static void TearDownTestSuite() { house.reset(); }

    static Browser log_in(const std::string& email, const std::string& with) {
        const Answer answer = house->call(Browser{}, "POST", "/api/v1/login",
                                          write({{"email", email}, {"password", with}}));
        Browser browser;
        browser.adopt(answer);
        browser.csrf = *me(browser).find("csrf_token")->if_string();
        return browser;
    }
    static shape::Json me(const Browser& browser) {
        return house->call(browser, "GET", "/api/v1/me").json();
    }
    /// A new server of the team: its path, and its agent's token.
    static std::pair<std::string, std::string> add_server() {
        const shape::Json created =
            house
                ->call(ada, "POST", team + "/servers",
                       write({{"name", "server-" + std::to_string(++made)}}))
                .json();
        return {team + "/servers/" + *created.find("id")->if_string(),
                *created.find("agent_token")->if_string()};
    }
    static std::string other_session() {
        log_in("ada@example.com", password);
        const shape::Json listed =
            house->call(ada, "GET", "/api/v1/sessions?sort=-created_at").json();
        for (const shape::Json& session : *listed.find("data")->if_array()) {
            if (!*session.find("current")->if_bool())
                return *session.find("id")->if_string();
        }
        return "";
    }
    static std::string key_draft() {
        return write({{"name", "a key"},
                      {"env", "live"},
                      {"scopes", shape::Array{"servers:read"}},
                      {"ip_allow", shape::Array{}},
                      {"cors_origins", shape::Array{}},
                      {"expires_at", nullptr}});
    }
    /// A new key of the team: its path.
    static std::string add_key() {
        const shape::Json made_key =
            house->call(ada, "POST", team + "/api-keys", key_draft()).json();
        return team + "/api-keys/" + *made_key.find("id")->if_string();
    }
    static Sent push() {
        wire::Push frame;
        frame.stream = 7;
        frame.seq = 1;
        frame.series = wire::SeriesTable{{"cpu_percent", {}, wire::Unit::percent}};
        frame.table = wire::table_id(crypto::sha256(wire::encode_table(*frame.series)));
        frame.series_count = 1;
        frame.facts = wire::HostFacts{};
        frame.times_ms = {SystemClock().now().us / 1000};
        frame.values = {1.0};
        return {{},
                "/agent/v1/push",
                std::string(as_text(wire::encode_push(frame))),
                {{"content-type", std::string(wire::push_content_type)},
                 {"authorization", "Bearer " + add_server().second}}};
    }

    /// A new account that belongs to ada's team.
    static Browser member(const std::string& role) {
        const std::string name = "member" + std::to_string(++made);
        const Browser browser = house->sign_up(name, name + "@example.com", name);
        house->add_member(browser, ada.team, role);
        return browser;
    }
    static Browser operator_() {
        const std::string name = "operator" + std::to_string(++made);
        const Browser browser = house->sign_up(name, name + "@example.com", name);
        house->make_operator(browser);
        return browser;
    }
    static Sent break_glass(const Browser& browser) {
        return {browser, "/api/v1/admin/break-glass",
                write({{"team", to_string(ada.team)},
                       {"reason", "Asked for by its owner"},
                       {"minutes", 5}})};
    }
    static void add_operator_requests(std::map<std::string, std::function<Sent()>>& out) {
        const std::string user = "/api/v1/admin/users/";
        out["POST " + user + "{user}/disable"] = [user] {
            return Sent{operator_(), user + to_string(member("viewer").user) + "/disable", ""};
        };
        out["POST " + user + "{user}/enable"] = [user] {
            const std::string one = user + to_string(member("viewer").user);
            const Browser browser = operator_();
            EXPECT_EQ(house->call(browser, "POST", one + "/disable").status, 204);
            return Sent{browser, one + "/enable", ""};
        };
        add_erasure_requests(out, *house, ada, operator_, [] { return member("viewer"); });
        add_trust_requests(out, *house, operator_, [] { return member("viewer"); });
        out["POST /api/v1/admin/break-glass"] = [] { return break_glass(operator_()); };
        out["DELETE /api/v1/admin/break-glass/{grant}"] = [] {
            const Sent sent = break_glass(operator_());
            const shape::Json made_one =
                house->call(sent.browser, "POST", sent.path, sent.body).json();
            return Sent{sent.browser, sent.path + "/" + *made_one.find("id")->if_string(), ""};
        };
    }
    /// A new invitation: its path, and the token of its link.
    static std::pair<std::string, std::string> invite(const std::string& email) {
        const shape::Json created = house
                                        ->call(ada, "POST", team + "/invitations",
                                               write({{"email", email}, {"role", "viewer"}}))
                                        .json();
        const std::string link = *created.find("link")->if_string();
        return {team + "/invitations/" + *created.find("id")->if_string(),
                link.substr(link.find('#') + 1)};
    }
    static std::string new_address() { return "new" + std::to_string(++made) + "@example.com"; }
    /// None of these takes a key: each signs somebody in or shows a secret.
    static void add_second_factor_requests(std::map<std::string, std::function<Sent()>>& out) {
        for (const char* path : {"/login/totp", "/login/recovery", "/me/totp/confirm"}) {
            out[std::string("POST /api/v1") + path] = [path] {
                return Sent{ada, std::string("/api/v1") + path, write({{"code", "123456"}})};
            };
        }
        for (const char* path : {"/me/totp", "/step-up"}) {
            out[std::string("POST /api/v1") + path] = [path] {
                return Sent{ada, std::string("/api/v1") + path, write({{"password", password}})};
            };
        }
        out["POST /api/v1/me/recovery-codes"] = [] {
            return Sent{ada, "/api/v1/me/recovery-codes", ""};
        };
        out["DELETE /api/v1/me/totp"] = [] { return Sent{ada, "/api/v1/me/totp", ""}; };
    }
    static void add_team_requests(std::map<std::string, std::function<Sent()>>& out) {
        const std::string one = "/api/v1/teams/{team}";
        out["POST /api/v1/teams"] = [] {
            return Sent{ada, "/api/v1/teams", write({{"name", "Second"}})};
        };
        out["PATCH " + one + "/security"] = [] {
            return Sent{ada, team + "/security", write({{"session_hours", 12}})};
        };
        out["PATCH " + one + "/members/{user}"] = [] {
            return Sent{ada, team + "/members/" + to_string(member("viewer").user),
                        write({{"role", "member"}})};
        };
        out["DELETE " + one + "/members/{user}"] = [] {
            return Sent{ada, team + "/members/" + to_string(member("viewer").user), ""};
        };
        out["POST " + one + "/leave"] = [] { return Sent{member("viewer"), team + "/leave", ""}; };
        out["POST " + one + "/transfer"] = [] {
            const Browser owner = member("owner");
            return Sent{owner, team + "/transfer", write({{"user", to_string(ada.user)}})};
        };
        out["POST " + one + "/invitations"] = [] {
            return Sent{ada, team + "/invitations",
                        write({{"email", new_address()}, {"role", "viewer"}})};
        };
        out["DELETE " + one + "/invitations/{invitation}"] = [] {
            return Sent{ada, invite(new_address()).first, ""};
        };
        out["POST " + one + "/invitations/{invitation}/resend"] = [] {
            return Sent{ada, invite(new_address()).first + "/resend", ""};
        };
        out["POST /api/v1/invitations/look"] = [] {
            return Sent{
                {}, "/api/v1/invitations/look", write({{"token", invite(new_address()).second}})};
        };
        out["POST /api/v1/invitations/accept"] = [] {
            const std::string name = "guest" + std::to_string(++made);
            const Browser guest = house->sign_up(name, name + "@example.com", name);
            return Sent{guest, "/api/v1/invitations/accept",
                        write({{"token", invite(name + "@example.com").second}})};
        };
        out["POST /api/v1/invitations/sign-up"] = [] {
            return Sent{{},
                        "/api/v1/invitations/sign-up",
                        write({{"token", invite(new_address()).second},
                               {"name", "Guest Example"},
                               {"password", password}})};
        };
    }

    static std::string connection() {
        return write({{"settings", shape::json_object({{"issuer", FakeProvider::issuer},
                                                       {"client_id", "atalaya"},
                                                       {"allowed_domains", shape::Array{}},
                                                       {"groups_claim", ""},
                                                       {"role_mapping", shape::Array{}},
                                                       {"default_role", nullptr},
                                                       {"create_members", false},
                                                       {"trust_second_factor", false},
                                                       {"only", false}})},
                      {"client_secret", "a secret"}});
    }
    static void add_sso_requests(std::map<std::string, std::function<Sent()>>& out) {
        for (const char* path : {"/login/sso", "/me/sso"}) {
            out[std::string("POST /api/v1") + path] = [path] {
                return Sent{ada, std::string("/api/v1") + path, "{}"};
            };
        }
        out["PUT /api/v1/teams/{team}/sso"] = [] { return Sent{ada, team + "/sso", connection()}; };
        out["DELETE /api/v1/teams/{team}/sso"] = [] {
            EXPECT_EQ(house->call(ada, "PUT", team + "/sso", connection()).status, 200);
            return Sent{ada, team + "/sso", ""};
        };
    }

    static void add_mail_requests(std::map<std::string, std::function<Sent()>>& out) {
        out["POST /api/v1/password/forgot"] = [] {
            return Sent{{}, "/api/v1/password/forgot", write({{"email", "ada@example.com"}})};
        };
        out["POST /api/v1/password/reset"] = [] {
            return Sent{{},
                        "/api/v1/password/reset",
                        write({{"token", "of a mail"}, {"new", next_password}})};
        };
        out["POST /api/v1/me/email"] = [] {
            return Sent{ada, "/api/v1/me/email",
                        write({{"email", "next@example.com"}, {"password", password}})};
        };
        out["POST /api/v1/email/confirm"] = [] {
            return Sent{{}, "/api/v1/email/confirm", write({{"token", "of a mail"}})};
        };
    }

    /// How each endpoint is called so that it changes something, by "VERB path".
    static std::map<std::string, std::function<Sent()>> requests() {
        const std::string one = "/api/v1/teams/{team}/servers/{server}";
        std::map<std::string, std::function<Sent()>> out;
        out["POST /api/v1/signup"] = [] {
            return Sent{{},
                        "/api/v1/signup",
                        write({{"name", "New Example"},
                               {"email", "new@example.com"},
                               {"password", password},
                               {"team_name", "New"}})};
        };
        out["POST /api/v1/login"] = [] {
            return Sent{
                {}, "/api/v1/login", write({{"email", "ada@example.com"}, {"password", password}})};
        };
        out["POST /api/v1/logout"] = [] {
            return Sent{log_in("ada@example.com", password), "/api/v1/logout", ""};
        };
        out["PATCH /api/v1/me"] = [] {
            return Sent{ada, "/api/v1/me", write({{"name", "Ada B. Example"}})};
        };
        out["POST /api/v1/me/password"] = [] {
            return Sent{house->sign_up("Eve Example", "eve@example.com", "Eve's"),
                        "/api/v1/me/password",
                        write({{"current", password}, {"new", next_password}})};
        };
        out["DELETE /api/v1/sessions/{session}"] = [] {
            return Sent{ada, "/api/v1/sessions/" + other_session(), ""};
        };
        out["DELETE /api/v1/sessions"] = [] {
            return Sent{house->sign_up("Ian Example", "ian@example.com", "Ian's"),
                        "/api/v1/sessions", ""};
        };
        out["PATCH /api/v1/teams/{team}"] = [] {
            return Sent{ada, team, write({{"name", "Harbour two"}})};
        };
        add_team_requests(out);
        add_operator_requests(out);
        add_second_factor_requests(out);
        add_mail_requests(out);
        out["POST /api/v1/teams/{team}/servers"] = [] {
            return Sent{ada, team + "/servers", write({{"name", "once"}})};
        };
        out["PATCH " + one] = [] {
            return Sent{ada, add_server().first, write({{"note", "twice"}})};
        };
        out["DELETE " + one] = [] { return Sent{ada, add_server().first, ""}; };
        out["POST " + one + "/token"] = [] { return Sent{ada, add_server().first + "/token", ""}; };
        out["DELETE " + one + "/token"] = [] {
            return Sent{ada, add_server().first + "/token", ""};
        };
        out["POST /api/v1/teams/{team}/audit/verify"] = [] {
            return Sent{ada, team + "/audit/verify", ""};
        };
        out["POST /api/v1/teams/{team}/audit/bundle"] = [] {
            return Sent{ada, team + "/audit/bundle", "{}"};
        };
        add_stream_requests(out, *house, ada);
        add_dashboard_requests(out, *house, ada);
        add_retention_requests(out, *house, ada);
        out["POST /api/v1/teams/{team}/api-keys"] = [] {
            return Sent{ada, team + "/api-keys", key_draft()};
        };
        add_key_requests(out);
        add_sso_requests(out);
        out["POST /agent/v1/push"] = [] { return push(); };
        for (const std::string path : {"/prometheus/api/v1/write", "/otlp/v1/metrics"})
            out["POST " + path] = [path] { return write_of_samples(*house, ada, path); };
        return out;
    }
    static void add_key_requests(std::map<std::string, std::function<Sent()>>& out) {
        const std::string key = "/api/v1/teams/{team}/api-keys/{key}";
        out["POST " + key + "/ack"] = [] { return Sent{ada, add_key() + "/ack", ""}; };
        out["PATCH " + key] = [] { return Sent{ada, add_key(), write({{"name", "renamed"}})}; };
        out["POST " + key + "/transfer"] = [] {
            const std::string one_key = add_key();
            EXPECT_EQ(house->call(ada, "POST", one_key + "/ack").status, 200);
            return Sent{ada, one_key + "/transfer", write({{"user", to_string(ada.user)}})};
        };
        out["DELETE " + key] = [] { return Sent{ada, add_key(), ""}; };
    }

    static Answer call(const Sent& sent, const std::string& method, const std::string& key) {
        std::vector<net::Header> headers = sent.headers;
        headers.push_back({"idempotency-key", key});
        return house->call(sent.browser, method, sent.path, sent.body, std::move(headers));
    }
    static std::string count(const std::string& table) {
        return db::ScriptSession(pgtest::server_dsn(), house->database(), "atalaya_super")
            .value("select count(*) from " + table)
            .value();
    }
    /// Those of the eraser come by themselves after somebody was erased: it is waited for.
    static std::int64_t events() {
        for (int look = 0; look < 2400 && count("idn.erasures where person is not null") != "0";
             ++look)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return parse_integer(count("aud.events")).value();
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada;
    static inline std::string team;
    static inline int made = 0;
};
} // namespace atalaya::apitest
