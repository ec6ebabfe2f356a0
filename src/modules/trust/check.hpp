// Checks that run again and again on a serving installation, so that what the Trust page claims
// rests on what was seen, not on what was meant.
//
// A check is data: a name (as docs/controls names it), how often, and a function that looks. It
// runs on the watch's thread, throws what its means throw, and changes nothing of anybody's.
#pragma once

#include "api/services.hpp"
#include "db/connection.hpp"
#include "net/message.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::trust {

struct Finding {
    bool holds = false;
    /// A sentence with figures; public, so never a name or address of anybody's.
    std::string detail;
};

/// Where the own listener is reached; empty in tests without sockets.
struct OwnListener {
    std::string host; ///< as in addresses: "127.0.0.1", "[::1]"
    std::uint16_t https_port = 0;
    std::uint16_t http_port = 0; ///< 0: none
    bool proxy_mode = false;     ///< TLS is the proxy's; the plain port serves
    std::filesystem::path certificate;
    /// https://HOST[:PORT] where visitors come in, to be looked at instead of the listener itself;
    /// empty: the listener.
    std::string front;
    std::filesystem::path front_ca; ///< authorities of the front's certificate; empty: the system's

    bool is_there() const { return !host.empty() || !front.empty(); }
};

struct CanarySession;

/// What checks look at and with.
struct Surroundings {
    api::Services& services;
    db::ConnectionOptions app;   ///< as the requests' role
    db::ConnectionOptions sched; ///< may list teams
    std::filesystem::path keyring;
    std::filesystem::path database; ///< where the database keeps its files; empty: elsewhere
    std::vector<std::filesystem::path> logs; ///< files in which program and database write theirs
    OwnListener listener;
    std::function<net::Response(net::Request)> ask;          ///< the service, without sockets
    std::array<CanarySession, 2>* canary_sessions = nullptr; ///< the watch's own
};

struct Check {
    std::string_view name;
    std::string_view question; ///< what it looks whether
    std::chrono::seconds interval;
    Finding (*look)(const Surroundings&);
    bool needs_listener = false;
};

/// All of them, each as often as it says, or as `at_most`.
std::vector<Check> list_checks(std::chrono::seconds at_most);

/// What the operator set as the longest interval.
std::chrono::seconds checks_at_most(const config::Config& config);

std::span<const Check> store_checks();
std::span<const Check> chain_checks();
std::span<const Check> service_checks();
std::span<const Check> listener_checks();
std::span<const Check> log_checks();

} // namespace atalaya::trust
