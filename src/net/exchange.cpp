// One request and its answer: the part of a session that knows HTTP.
#include "base/log.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "net/session.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>

// g++ 12 destroys braced temporaries and capturing lambdas in a co_await expression twice: name
// them first.

namespace atalaya::net {
namespace {

constexpr std::size_t default_body_bytes_max = 1024 * 1024;
constexpr std::size_t body_bytes_per_s_min = 8 * 1024;
constexpr std::size_t body_growth_bytes = 256 * 1024;
/// A body up to this size is copied behind its head, so that both leave in one packet.
constexpr std::uint16_t https_port_of_proxies = 443;
constexpr std::size_t copied_body_bytes_max = 12 * 1024;

bool is_event_stream(const Response& response) {
    return std::any_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
        return equal_ignoring_case(header.name, "content-type") &&
               header.value.starts_with("text/event-stream");
    });
}

} // namespace

Awaitable<bool> Session::exchange() {
    head_.reset();
    refusal_.reset();
    co_await read_head();
    if (!head_ && !refusal_)
        co_return false;
    const bool in_clear = service_.options.proxy_mode ? clear_before_proxy_ : !accepted_.tls;
    if (!refusal_ && accepted_.overloaded)
        refuse(problems::unavailable);
    if (!refusal_ && !in_clear)
        co_await read_body();
    Response response;
    if (refusal_) {
        response = make_refusal(service_.options, *refusal_);
    } else if (!head_) {
        co_return false;
    } else if (in_clear) {
        head_->framing.keep_alive = false; // its body, if any, stays unread
        more_may_come_ = true;
        response = answer_in_clear(service_.options, head_->request,
                                   service_.options.proxy_mode ? https_port_of_proxies
                                                               : service_.https_port);
    } else {
        response = co_await ask();
    }
    first_ = false;
    const bool goes_on = co_await send(std::move(response));
    co_return goes_on;
}

Awaitable<void> Session::read_head() {
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
    end_ -= begin_;
    begin_ = 0;
    const ServerOptions& options = service_.options;
    idle_ = unread().empty();
    arm(idle_ && !first_ ? options.idle_timeout : options.head_timeout);
    if (shard_.stopping())
        co_return;
    std::size_t scanned = 0;
    for (;;) {
        const HeadEnd end = find_head_end(unread(), scanned);
        scanned = unread().size();
        if (end.bad)
            co_return refuse(problems::bad_request, "The request is not HTTP/1.1.");
        if (end.size > 0) {
            auto parsed = parse_request_head(unread().substr(0, end.size));
            begin_ += end.size;
            if (auto* refusal = std::get_if<Refusal>(&parsed))
                co_return refuse(*refusal->kind, std::move(refusal->detail));
            head_ = std::move(std::get<RequestHead>(parsed));
            if (!identify())
                refuse(problems::bad_request, "A hop in X-Forwarded-For is not an address.");
            co_return;
        }
        if (scanned == head_bytes_max)
            co_return refuse(problems::head_too_large);
        const std::size_t size = co_await fill();
        if (size == 0) {
            if (expired_ && !idle_)
                refuse(problems::request_timeout);
            co_return;
        }
        if (idle_ && !first_)
            arm(options.head_timeout);
        idle_ = false;
    }
}

bool Session::identify() {
    Request& request = head_->request;
    request.peer = accepted_.unix_socket ? "unix" : to_string(accepted_.peer);
    request.secure = accepted_.tls;
    clear_before_proxy_ = false;
    const bool trusted = accepted_.unix_socket ? service_.proxies.unix_socket
                                               : service_.proxies.trusts(accepted_.peer);
    if (!trusted)
        return true;
    std::vector<std::string_view> forwarded_for;
    for (const Header& header : request.headers) {
        if (header.name == "x-forwarded-for")
            forwarded_for.push_back(header.value);
    }
    if (const std::string_view proto = request.header("x-forwarded-proto"); !proto.empty()) {
        request.secure = equal_ignoring_case(proto, "https");
        clear_before_proxy_ = !request.secure;
    }
    if (forwarded_for.empty())
        return true;
    const auto client = find_client(forwarded_for, service_.proxies);
    if (client)
        request.peer = to_string(*client);
    return client.has_value();
}

Awaitable<void> Session::read_body() {
    const Framing& framing = head_->framing;
    if (!framing.chunked && framing.content_length.value_or(0) == 0)
        co_return;
    std::size_t bytes_max = default_body_bytes_max;
    try {
        if (service_.options.body_limit)
            bytes_max = service_.options.body_limit(head_->request);
    } catch (const std::exception&) {
        log::error("net.body_limit_failed");
        co_return refuse(problems::internal);
    }
    if (framing.content_length.value_or(0) > bytes_max)
        co_return refuse(problems::too_large);
    if (head_->expects_continue && unread().empty()) {
        const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!written) {
            head_.reset();
            co_return;
        }
    }
    arm(service_.options.body_timeout);
    if (framing.chunked) {
        co_await read_chunked_body(bytes_max);
    } else {
        co_await read_sized_body(*framing.content_length);
    }
}

Awaitable<void> Session::read_sized_body(std::uint64_t size) {
    std::string& body = head_->request.body;
    const std::string_view here = unread().substr(0, static_cast<std::size_t>(size));
    body = here;
    begin_ += here.size();
    std::size_t filled = here.size();
    while (filled < size) {
        // The announced size is not believed: memory grows with what really came.
        if (filled == body.size())
            body.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(size, 2 * filled + body_growth_bytes)));
        const std::size_t got = co_await read_some(body.data() + filled, body.size() - filled);
        if (got == 0) {
            if (expired_)
                co_return refuse(problems::request_timeout);
            head_.reset();
            co_return;
        }
        filled += got;
        deadline_ += std::chrono::microseconds(got * 1'000'000 / body_bytes_per_s_min);
    }
}

Awaitable<void> Session::read_chunked_body(std::size_t bytes_max) {
    using State = ChunkedDecoder::State;
    ChunkedDecoder decoder(bytes_max);
    for (;;) {
        begin_ += decoder.feed(unread(), head_->request.body);
        if (decoder.state() == State::done)
            co_return;
        if (decoder.state() == State::bad)
            co_return refuse(problems::bad_request, "The chunks of the body are not well-formed.");
        if (decoder.state() == State::too_large)
            co_return refuse(problems::too_large);
        begin_ = end_ = 0;
        const std::size_t got = co_await fill();
        if (got == 0) {
            if (expired_)
                co_return refuse(problems::request_timeout);
            head_.reset();
            co_return;
        }
        deadline_ += std::chrono::microseconds(got * 1'000'000 / body_bytes_per_s_min);
    }
}

Awaitable<Response> Session::ask() {
    deadline_ = SteadyClock::time_point::max(); // the time limit of the work belongs to the handler
    answered_ = false;
    answer_.reset();
    auto sink = [mailbox = shard_.mailbox(),
                 self = weak_from_this()](std::optional<Response> response) {
        const auto stream = response ? response->stream : nullptr;
        auto work = [self, response = std::move(response)]() mutable {
            if (const auto session = self.lock()) {
                session->deliver(std::move(response));
            } else if (response && response->stream) {
                response->stream->close();
            }
        };
        if (!mailbox->deliver(std::move(work)) && stream)
            stream->close();
    };
    Reply reply(std::move(sink));
    Request request = std::move(head_->request);
    head_->request.method = request.method;
    hung_up_ = std::make_shared<std::atomic<bool>>(false);
    request.hung_up = hung_up_;
    try {
        service_.handler(std::move(request), std::move(reply));
    } catch (const std::exception&) {
        log::error("net.handler_failed"); // its Reply was dropped on the way out
    }
    while (!answered_ && !aborted_)
        co_await wait();
    hung_up_.reset();
    if (!answer_)
        answer_ = make_failure();
    co_await wait_until(answer_->not_before);
    co_return std::move(*answer_);
}

void Session::deliver(std::optional<Response> response) {
    answered_ = true;
    answer_ = std::move(response);
    wake_.cancel();
}

Awaitable<bool> Session::send(Response response) {
    AnswerForm form;
    form.http_1_0 = head_ && head_->framing.http_1_0;
    form.head_only = head_ && head_->request.method == "HEAD";
    form.keep_alive =
        head_ && head_->framing.keep_alive && !refusal_ && !response.stream && !shard_.stopping();
    form.chunked = response.stream && !form.http_1_0;
    const std::vector<Header>& fixed = service_.options.headers;
    out_.clear();
    try {
        append_answer_head(out_, response, fixed, form, shard_.date());
    } catch (const std::exception& fault) {
        log::error("net.answer_refused", {{"why", fault.what()}});
        if (response.stream)
            response.stream->close();
        response = make_failure();
        out_.clear();
        form.chunked = false;
        append_answer_head(out_, response, fixed, form, shard_.date());
    }
    const bool bodyless = form.head_only || response.status == 204 || response.status == 304;
    const bool copied = !bodyless && response.body.size() <= copied_body_bytes_max;
    if (copied && !response.stream)
        out_ += response.body;
    bool written = co_await write(out_);
    if (response.stream) {
        endless_ = is_event_stream(response);
        if (written && !bodyless)
            written = co_await send_stream(response.stream, form.chunked);
        response.stream->close();
    } else if (written && !bodyless && !copied) {
        written = co_await write(response.body);
    }
    co_return written&& form.keep_alive;
}

Awaitable<bool> Session::send_stream(std::shared_ptr<Stream> stream, bool chunked) {
    stream_ = stream;
    if (endless_ && shard_.stopping())
        stream->finish();
    stream->attach([mailbox = shard_.mailbox(), self = weak_from_this()] {
        mailbox->deliver([self] {
            if (const auto session = self.lock())
                session->wake_.cancel();
        });
    });
    watching_ = true;
    auto watcher = watch(stream);
    asio::co_spawn(shard_.executor(), std::move(watcher), asio::detached);
    bool whole = false;
    bool written = true;
    while (written && !whole && !client_gone_ && !aborted_ && !stream->closed()) {
        Stream::Taken taken = stream->take();
        if (taken.bytes.empty() && !taken.last) {
            deadline_ = SteadyClock::time_point::max();
            co_await wait();
            continue;
        }
        out_.clear();
        if (chunked && !taken.bytes.empty()) {
            char size[20];
            const auto end = std::to_chars(size, size + sizeof size, taken.bytes.size(), 16).ptr;
            out_.append(size, end).append("\r\n").append(taken.bytes).append("\r\n");
        } else {
            out_ = std::move(taken.bytes);
        }
        if (chunked && taken.last)
            out_ += "0\r\n\r\n";
        whole = taken.last;
        written = co_await write(out_);
    }
    stream_.reset();
    // TLS cannot say good-bye while the watcher reads.
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    while (watching_)
        co_await wait();
    if (!whole)
        abort(); // a cut body must not look like a whole one
    co_return whole&& written;
}

Awaitable<void> Session::watch(std::shared_ptr<Stream> stream) {
    const auto self = shared_from_this();
    char scratch[512];
    while (stream_ == stream) {
        // What the client still sends is read away: only its going matters.
        const std::size_t size = co_await read_some(scratch, sizeof scratch);
        if (size == 0)
            break;
    }
    if (stream_ == stream) {
        client_gone_ = true;
        stream->close();
    }
    watching_ = false;
    wake_.cancel();
}

void Session::refuse(const ProblemKind& kind, std::string detail) {
    more_may_come_ = true;
    refusal_ = Refusal{&kind, detail.empty() ? std::string(kind.advice) : std::move(detail)};
}

Response Session::make_failure() {
    return make_refusal(service_.options,
                        {&problems::internal, std::string(problems::internal.advice)});
}

} // namespace atalaya::net
