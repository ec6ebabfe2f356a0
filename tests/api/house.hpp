// A whole server without sockets, on a database of its own, and people who use it: for the walks
// over every endpoint.
//
// Main thread of the test; requests run on the instance's own workers and are waited for.
#pragma once

#include "api/fake_provider.hpp"
#include "server/instance.hpp"
#include "shape/json.hpp"
#include "support/pgtest.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace atalaya::apitest {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::vector<std::string> cookies;           ///< all that are set
    std::string body;
    std::chrono::steady_clock::time_point not_before{}; ///< when it may leave

    shape::Json json() const { return shape::parse_json(body).value(); }
    std::string code() const;
    /// The body without the id of the request, to compare two refusals byte by byte.
    std::string body_without_id() const;
};

/// Somebody's browser: keeps the cookie and sends the CSRF token.
struct Browser {
    std::string cookie;
    std::string csrf;
    UserId user;
    TeamId team; ///< the own one, made at sign-up

    /// Takes the cookie that the answer sets, if any.
    void adopt(const Answer& answer);
};

/// The system's time, ahead by what the test says.
class ShiftedClock final : public Clock {
  public:
    Time now() const override { return SystemClock().now() + Micros(ahead_us_.load()); }
    void advance(Micros span) { ahead_us_ += span.count(); }

  private:
    std::atomic<std::int64_t> ahead_us_ = 0;
};

class House {
  public:
    /// Sign-up is open; the set-up link is spent on nobody yet. Mail is sent when there is
    /// somebody to take it.
    explicit House(outbox::Transport mail = {});
    /// The identity provider behind the way out.
    FakeProvider& provider() { return provider_; }
    ~House();

    server_program::Instance& instance() { return *instance_; }
    const std::filesystem::path& directory() const { return directory_; }
    ShiftedClock& clock() { return clock_; }
    const std::string& database() const { return database_; }

    Answer call(net::Request request);
    Answer call(const Browser& browser, const std::string& method, const std::string& path,
                const std::string& body = "", std::vector<net::Header> headers = {});

    /// A new account with a team of its own.
    Browser sign_up(const std::string& name, const std::string& email, const std::string& team);
    /// Makes the browser's user a member of another team too.
    void add_member(const Browser& browser, TeamId team, const std::string& role);
    /// Marks the browser's user as operator, with or without a second factor in its session.
    void make_operator(const Browser& browser, bool second_factor = true);

  private:
    std::filesystem::path directory_;
    std::string database_;
    ShiftedClock clock_;
    int people_ = 0;
    SystemRandom random_;
    FakeProvider provider_;
    std::unique_ptr<config::Config> config_;
    std::unique_ptr<server_program::Instance> instance_;
};

/// A member that is a text; empty when there is none.
std::string text(const shape::Json& json, std::string_view name);
/// Where the API of somebody's own team is.
std::string base(const Browser& browser);

} // namespace atalaya::apitest
