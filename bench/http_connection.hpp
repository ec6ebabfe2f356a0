// One connection to a server on this machine that speaks plain HTTP, kept open.
//
// One thread. Throws when the server is gone or says what no server says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace atalaya::bench {

class HttpConnection {
  public:
    /// `head`: what stands before the length of the body, lines that each end with "\r\n".
    HttpConnection(std::uint16_t port, std::string head);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;
    ~HttpConnection();

    /// Gives the status of the answer.
    int send(std::string_view body);

  private:
    void connect();
    void write(std::string_view bytes) const;
    void read_more();

    const std::uint16_t port_;
    const std::string head_;
    int socket_ = -1;
    std::string received_;
};

} // namespace atalaya::bench
