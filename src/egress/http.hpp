// The one way out: an HTTP request to an address that somebody else chose, over libcurl.
//
// Owned by the program; any thread, and send() blocks for as long as the limits say. The address is
// judged at each connect, after the name was resolved, so that a name that changes its address
// between two look-ups gains nothing. No redirect is followed, no proxy of the environment used, no
// cookie kept. Never throws for what the network or the other side does.
#pragma once

#include "base/secret.hpp"
#include "egress/address_rules.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <variant>

namespace atalaya::egress {

struct ClientOptions {
    std::vector<Network> opened;   ///< by the operator, beyond the public internet
    std::filesystem::path ca_file; ///< authorities beside those of the system
    std::chrono::milliseconds connect_max{5'000};
    std::chrono::milliseconds total_max{10'000};
    std::size_t body_max = 256 * 1024; ///< an answer with more is refused
};

struct Request {
    std::string method = "GET"; ///< or POST
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    bool https_only = true;
};

struct Answer {
    int status = 0; ///< of 2xx to 5xx; a redirect is an answer like others
    std::string content_type;
    std::string body;
};

enum class Failure {
    bad_url,     ///< no URL, or not of an allowed scheme
    denied,      ///< the address must not be reached
    unreachable, ///< the name or the connection failed
    bad_tls,     ///< the certificate does not hold
    too_slow,
    too_large
};
/// In words for whoever set the address up; nothing of what was found there.
std::string_view describe(Failure failure);

using Outcome = std::variant<Answer, Failure>;
/// The way out, for whoever does not care which.
using Send = std::function<Outcome(const Request&)>;

class Client {
  public:
    explicit Client(ClientOptions options);

    Outcome send(const Request& request) const;

  private:
    const ClientOptions options_;
};

} // namespace atalaya::egress
