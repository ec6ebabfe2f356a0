// A listening socket: TCP or unix. Owned by the server. The constructor throws std::system_error
// that names the address, or std::runtime_error for an address that is none.
#pragma once

#include "net/address.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace atalaya::net {

class Listener {
  public:
    explicit Listener(const std::string& address);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    struct Connection {
        int socket = -1;
        Address peer;
    };
    /// nullopt with errno when there is none.
    std::optional<Connection> accept();

    int socket() const { return socket_; }
    bool is_unix() const { return !endpoint_.unix_path.empty(); }
    std::uint16_t port() const { return endpoint_.port; }

  private:
    void open_tcp();
    void open_unix();
    [[noreturn]] void fail() const;

    const std::string text_;
    Endpoint endpoint_;
    int socket_ = -1;
};

} // namespace atalaya::net
