// A house with two people and their API keys, for the tests of those. Main thread of the test.
#pragma once

#include "api/house.hpp"
#include "api/key_memory.hpp"

#include <gtest/gtest.h>

namespace atalaya::apitest {
using shape::Json;
using List = std::vector<std::string>;

inline std::string text(const Json& json, std::string_view name) {
    const Json* member = json.find(name);
    return member && member->if_string() ? *member->if_string() : "";
}

struct Made {
    std::string id, key, path;
};

/// What a key is asked for beside its scopes.
struct Wish {
    List ip_allow = {};
    List cors_origins = {};
    Json expires_at = nullptr;
};

inline Json json_list(const List& texts) {
    shape::Array out;
    for (const std::string& one : texts)
        out.emplace_back(one);
    return out;
}

class KeyTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { house = std::make_unique<House>(); }
    static void TearDownTestSuite() { house.reset(); }
    /// People of its own for each test: some of them let hours pass.
    void SetUp() override {
        const std::string number = std::to_string(++tests);
        ada = house->sign_up("Ada Example", "ada" + number + "@example.com", "Harbour");
        bob = house->sign_up("Bob Example", "bob" + number + "@example.com", "Bob's");
    }

    static std::string team(const Browser& browser) {
        return "/api/v1/teams/" + to_string(browser.team);
    }
    static Answer ask_for(const Browser& browser, const List& scopes, const Wish& wish = {}) {
        Json body = shape::json_object({{"name", "a key"},
                                        {"env", "live"},
                                        {"scopes", json_list(scopes)},
                                        {"ip_allow", json_list(wish.ip_allow)},
                                        {"cors_origins", json_list(wish.cors_origins)},
                                        {"expires_at", wish.expires_at}});
        return house->call(browser, "POST", team(browser) + "/api-keys", shape::write_json(body));
    }
    static Made make(const Browser& browser, const List& scopes, const Wish& wish = {}) {
        const Answer made = ask_for(browser, scopes, wish);
        if (made.status != 201)
            throw std::runtime_error("key: " + made.body);
        const std::string id = text(made.json(), "id");
        const std::string path = team(browser) + "/api-keys/" + id;
        const Answer acknowledged = house->call(browser, "POST", path + "/ack");
        if (acknowledged.status != 200)
            throw std::runtime_error("ack: " + acknowledged.body);
        return {id, text(made.json(), "key"), path};
    }
    static Answer with(const std::string& key, const std::string& method, const std::string& path,
                       const std::string& body = "", std::vector<net::Header> headers = {}) {
        headers.push_back({"authorization", "Bearer " + key});
        return house->call(Browser{}, method, path, body, std::move(headers));
    }
    static int servers(const std::string& key) {
        return with(key, "GET", team(ada) + "/servers").status;
    }
    static Answer from(const std::string& peer, const std::string& key) {
        net::Request request;
        request.method = "GET";
        request.path = team(ada) + "/servers";
        request.headers = {{"authorization", "Bearer " + key}};
        request.peer = peer;
        return house->call(std::move(request));
    }
    static api::KeyMemory& memory() { return house->instance().services().identities.keys(); }
    static std::string state(const Made& made) {
        return text(house->call(ada, "GET", made.path).json(), "state");
    }
    /// Changes the house behind the API's back, with the event that the database demands.
    static void change(const db::Statement& statement, const db::Args& args, UserId forgotten) {
        api::Incoming incoming;
        incoming.caller.kind = access::CallerKind::system;
        api::SlowCall call(house->instance().services(), incoming);
        call.transact({ada.team, UserId{}}, {ada.team}, [&](api::Call& inner) {
            inner.tx.query(statement, args);
            inner.record("test.change", "test", Uuid{}, {});
        });
        house->instance().services().identities.forget_user(forgotten);
    }

    static inline std::unique_ptr<House> house;
    static inline Browser ada, bob;
    static inline int tests = 0;
};

} // namespace atalaya::apitest
