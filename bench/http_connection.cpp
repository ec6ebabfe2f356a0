#include "bench/http_connection.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace atalaya::bench {
namespace {

/// Of a header in lower case; 0 when it is not there.
std::size_t find_length(const std::string& head) {
    constexpr std::string_view name = "content-length:";
    const std::size_t at = head.find(name);
    if (at == std::string::npos)
        return 0;
    const std::size_t start = at + name.size();
    const std::string_view value =
        trim(std::string_view(head).substr(start, head.find("\r\n", start) - start));
    return static_cast<std::size_t>(parse_integer(value).value_or(0));
}

} // namespace

HttpConnection::HttpConnection(std::uint16_t port, std::string head)
    : port_(port), head_(std::move(head)) {
    connect();
}

HttpConnection::~HttpConnection() { close(socket_); }

void HttpConnection::connect() {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    if (socket_ < 0 || setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("nobody listens on port " + std::to_string(port_));
}

void HttpConnection::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            throw std::runtime_error("the receiver is gone");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void HttpConnection::read_more() {
    char buffer[4'096];
    const ssize_t size = recv(socket_, buffer, sizeof buffer, 0);
    if (size <= 0)
        throw std::runtime_error("the receiver is gone");
    received_.append(buffer, static_cast<std::size_t>(size));
}

int HttpConnection::send(std::string_view body) {
    write(head_ + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    write(body);
    received_.clear();
    std::size_t end;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        read_more();
    }
    std::string head = to_lower(received_.substr(0, end));
    const std::size_t size = end + 4 + find_length(head);
    while (received_.size() < size) {
        read_more();
    }
    constexpr std::size_t before_status = 9; // "HTTP/1.1 "
    const auto status = parse_integer(std::string_view(head).substr(before_status, 3));
    if (!status)
        throw std::runtime_error("an answer without a status");
    if (head.find("connection: close") != std::string::npos) {
        close(socket_);
        connect();
    }
    return static_cast<int>(*status);
}

} // namespace atalaya::bench
