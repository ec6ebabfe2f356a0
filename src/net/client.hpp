// A small blocking HTTPS client over one kept-alive connection, for the agent and for tests.
//
// Owned and used by one thread. No global state, no event loop, little memory. Network and protocol
// faults come back as values; the constructor throws std::invalid_argument for options that cannot
// work.
#pragma once

#include "base/result.hpp"
#include "net/message.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::net {

struct ClientOptions {
    /// https://host[:port], nothing behind it. http:// is taken for loopback addresses only.
    std::string url;
    /// PEM of the authorities to trust; empty: the system's.
    std::filesystem::path ca_file;
    /// SPKI pins of the server's key (base64 SHA-256), separated by commas. Set, the pin alone
    /// decides, and name and authority are not looked at; with ca_file set as well, both must hold.
    std::string pin;
    std::chrono::milliseconds connect_timeout{10'000}; ///< TCP and TLS together
    std::chrono::milliseconds answer_timeout{30'000};  ///< request out and whole answer in
    std::size_t body_bytes_max = 16 * 1024 * 1024;
};

struct ClientResponse {
    int status = 0;
    std::vector<Header> headers; ///< names in lower case
    std::string body;

    /// The first field of this (lower-case) name; empty when absent.
    std::string_view header(std::string_view name) const;
};

class HttpClient {
  public:
    explicit HttpClient(ClientOptions options);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    /// `target` is path and query as they go on the wire. A connection that the server closed
    /// meanwhile is replaced; a request that may have reached the server is sent again only if its
    /// method is idempotent.
    Result<ClientResponse> send(std::string_view method, std::string_view target,
                                const std::vector<Header>& headers = {},
                                std::string_view body = {});
    /// Ends the connection; the next send makes a new one.
    void disconnect();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace atalaya::net
