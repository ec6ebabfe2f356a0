#include "net/client.hpp"

#include "base/check.hpp"
#include "base/text.hpp"
#include "net/address.hpp"
#include "net/chunked.hpp"
#include "net/connection.hpp"
#include "net/head.hpp"

#include <algorithm>
#include <array>

namespace atalaya::net {
namespace {

constexpr std::array<std::string_view, 5> idempotent_methods{"GET", "HEAD", "PUT", "DELETE",
                                                             "OPTIONS"};

bool is_idempotent(std::string_view method) {
    return std::find(idempotent_methods.begin(), idempotent_methods.end(), method) !=
           idempotent_methods.end();
}

} // namespace

std::string_view ClientResponse::header(std::string_view name) const {
    for (const Header& header : headers) {
        if (header.name == name)
            return header.value;
    }
    return {};
}

class HttpClient::Impl {
  public:
    explicit Impl(ClientOptions options) : options_(std::move(options)) {
        read_url();
        if (!options_.pin.empty()) {
            for (const std::string_view pin : split(options_.pin, ',')) {
                const auto digest = parse_base64(trim(pin));
                if (!digest || digest->size() != 32)
                    throw std::invalid_argument("A pin is the base64 of a SHA-256: " +
                                                options_.pin);
                target_.pins.emplace_back(trim(pin));
            }
        }
        target_.verify_name = target_.pins.empty() || !options_.ca_file.empty();
        if (secure_) {
            context_ = make_client_context(options_.ca_file, target_.verify_name);
            target_.tls = context_.get();
        }
    }

    ClientResponse send(std::string_view method, const std::string& head, std::string_view body) {
        if (connection_ && !connection_->is_usable())
            disconnect();
        const bool reused = connection_ != nullptr;
        try {
            return exchange(method, head, body);
        } catch (const ConnectionFault&) {
            const bool nothing_came = unread_.empty();
            disconnect();
            if (!reused || !nothing_came || !is_idempotent(method))
                throw;
        }
        return exchange(method, head, body);
    }

    std::string make_head(std::string_view method, std::string_view target,
                          const std::vector<Header>& headers, std::size_t body_size) const {
        CHECK_REQUEST(is_token(method) && target.starts_with('/'));
        CHECK_REQUEST(std::all_of(target.begin(), target.end(),
                                  [](char c) { return c > ' ' && c < '\x7f'; }));
        std::string out;
        out.append(method)
            .append(" ")
            .append(target)
            .append(" HTTP/1.1\r\nHost: ")
            .append(host_field_);
        out.append("\r\n");
        for (const Header& header : headers) {
            CHECK_REQUEST(is_token(header.name) && is_field_value(header.value));
            out.append(header.name).append(": ").append(header.value).append("\r\n");
        }
        if (body_size > 0 || method == "POST" || method == "PUT" || method == "PATCH")
            out.append("Content-Length: ").append(std::to_string(body_size)).append("\r\n");
        return out.append("\r\n");
    }

    void disconnect() {
        connection_.reset();
        unread_.clear();
        unread_.shrink_to_fit();
    }

  private:
    void read_url() {
        std::string_view rest = options_.url;
        secure_ = rest.starts_with("https://");
        if (!secure_ && !rest.starts_with("http://"))
            throw std::invalid_argument("The server's address must begin with https://: " +
                                        options_.url);
        rest.remove_prefix(secure_ ? 8 : 7);
        if (rest.ends_with('/'))
            rest.remove_suffix(1);
        if (!is_host(rest))
            throw std::invalid_argument("The server's address is not https://host:port: " +
                                        options_.url);
        host_field_ = rest;
        std::string_view host = host_without_port(rest);
        target_.port = secure_ ? 443 : 80;
        if (host.size() < rest.size())
            target_.port = static_cast<std::uint16_t>(*parse_integer(rest.substr(host.size() + 1)));
        if (host.starts_with('['))
            host = host.substr(1, host.size() - 2);
        target_.host = host;
        const auto address = parse_address(host);
        if (!secure_ && !(address && address->is_loopback()))
            throw std::invalid_argument("Plain HTTP is for loopback addresses only: " +
                                        options_.url);
    }

    ClientResponse exchange(std::string_view method, const std::string& head,
                            std::string_view body) {
        const auto now = std::chrono::steady_clock::now;
        if (!connection_)
            connection_ = std::make_unique<Connection>(target_, now() + options_.connect_timeout);
        deadline_ = now() + options_.answer_timeout;
        const bool taken =
            connection_->write(head, deadline_) && connection_->write(body, deadline_);
        ClientResponse out;
        const bool reusable = read_response(method, out) && taken && unread_.empty();
        if (!reusable)
            disconnect();
        return out;
    }

    /// False when the connection ends with this response.
    bool read_response(std::string_view method, ClientResponse& out) {
        unread_.clear();
        ResponseHead head = read_head();
        while (head.status < 200)
            head = read_head();
        out.status = head.status;
        out.headers = std::move(head.headers);
        const Framing& framing = head.framing;
        if (method == "HEAD" || out.status == 204 || out.status == 304)
            return framing.keep_alive;
        if (framing.chunked) {
            read_chunked(out.body);
        } else if (framing.content_length) {
            read_sized(*framing.content_length, out.body);
        } else {
            while (read_more() > 0)
                check_size(unread_.size());
            out.body = std::move(unread_);
            return false;
        }
        return framing.keep_alive;
    }

    ResponseHead read_head() {
        std::size_t scanned = 0;
        for (;;) {
            const HeadEnd end = find_head_end(unread_, scanned);
            scanned = unread_.size();
            if (end.bad || (end.size == 0 && scanned > head_bytes_max))
                throw ConnectionFault("the answer is not HTTP/1.1");
            if (end.size > 0) {
                auto head = parse_response_head(std::string_view(unread_).substr(0, end.size));
                if (head.has_error())
                    throw ConnectionFault(head.error().reason);
                unread_.erase(0, end.size);
                return std::move(*head);
            }
            require_more();
        }
    }

    void read_sized(std::uint64_t size, std::string& body) {
        check_size(size);
        while (unread_.size() < size)
            require_more();
        body.assign(unread_, 0, static_cast<std::size_t>(size));
        unread_.erase(0, body.size());
    }

    void read_chunked(std::string& body) {
        ChunkedDecoder decoder(options_.body_bytes_max);
        for (;;) {
            unread_.erase(0, decoder.feed(unread_, body));
            if (decoder.state() == ChunkedDecoder::State::done)
                return;
            if (decoder.state() != ChunkedDecoder::State::more)
                throw ConnectionFault("the answer's chunks are malformed or too many");
            require_more();
        }
    }

    void check_size(std::uint64_t size) const {
        if (size > options_.body_bytes_max)
            throw ConnectionFault("the answer is too large");
    }

    std::size_t read_more() { return connection_->read(unread_, deadline_); }
    void require_more() {
        if (read_more() == 0)
            throw ConnectionFault("the connection was closed before the answer was whole");
    }

    ClientOptions options_;
    bool secure_ = true;
    std::string host_field_;
    Target target_;
    TlsContext context_;
    std::unique_ptr<Connection> connection_;
    Connection::Deadline deadline_;
    std::string unread_;
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::send(std::string_view method, std::string_view target,
                                        const std::vector<Header>& headers, std::string_view body) {
    const std::string head = impl_->make_head(method, target, headers, body.size());
    try {
        return impl_->send(method, head, body);
    } catch (const ConnectionFault& fault) {
        impl_->disconnect();
        return ParseError{fault.what()};
    }
}

void HttpClient::disconnect() { impl_->disconnect(); }

} // namespace atalaya::net
