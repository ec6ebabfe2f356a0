// An outbound connection, plain or TLS, whose every operation ends by a deadline. For HttpClient.
//
// Owned and used by one thread. Faults throw ConnectionFault, which does not leave this room.
#pragma once

#include "net/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct addrinfo;

namespace atalaya::net {

struct ConnectionFault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Target {
    std::string host; ///< a name or an address, without brackets
    std::uint16_t port = 443;
    ssl_ctx_st* tls = nullptr; ///< null: plain
    bool verify_name = true;
    std::vector<std::string> pins; ///< any of them; none: not asked
};

class Connection {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    Connection(const Target& target, Deadline deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// True when the other end has neither closed nor spoken out of turn.
    bool is_usable();
    /// False when the other end answered (or hung up) before it took everything.
    bool write(std::string_view bytes, Deadline deadline);
    /// Appends to `into`; zero at the end of the stream.
    std::size_t read(std::string& into, Deadline deadline);

  private:
    enum class Want { nothing, read, write };

    void connect_to(const Target& target, Deadline deadline);
    int try_address(const addrinfo& address, Deadline deadline);
    void start_tls(const Target& target, Deadline deadline);
    void check_pin(const Target& target);
    Want tls_want(int result);
    /// True when there is something to read.
    bool wait(short events, Deadline deadline);
    void close_socket();

    int socket_ = -1;
    TlsSession tls_;
};

} // namespace atalaya::net
