#include "egress/http.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <memory>
#include <stdexcept>
#include <sys/socket.h>

namespace atalaya::egress {
namespace {

struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;
using List = std::unique_ptr<curl_slist, ListEnd>;

/// One exchange, as libcurl's callbacks see it.
struct Exchange {
    AddressRules rules;
    std::size_t body_max;
    Answer answer{};
    bool denied = false;
    bool too_large = false;
};

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle.get(), option, value) != CURLE_OK)
        throw std::runtime_error("libcurl knows no option " + std::to_string(option));
}

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* target) {
    auto& exchange = *static_cast<Exchange*>(user);
    const auto address = address_of(&target->addr, target->addrlen);
    std::optional<std::string_view> denial = "no IP address";
    if (address)
        denial = find_denial(*address, exchange.rules);
    if (!denial && is_foreign_port(target->addr))
        denial = "a port of another protocol";
    if (denial) {
        exchange.denied = true;
        log::warning("an outbound connection was refused", {{"reason", std::string(*denial)}});
        return CURL_SOCKET_BAD;
    }
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.answer.body.size() + size > exchange.body_max) {
        exchange.too_large = true;
        return 0;
    }
    exchange.answer.body.append(data, size);
    return size;
}

List make_headers(const Request& request) {
    List list;
    for (const auto& [name, value] : request.headers) {
        curl_slist* longer = curl_slist_append(list.get(), (name + ": " + value).c_str());
        if (!longer)
            throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

void set_limits(const Handle& handle, const ClientOptions& options) {
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_max.count()));
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_max.count()));
    set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.body_max));
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_PROXY, ""); // never by way of a proxy that the environment names
    set(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty())
        set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
}

void set_request(const Handle& handle, const Request& request) {
    set(handle, CURLOPT_PROTOCOLS_STR, request.https_only ? "https" : "http,https");
    set(handle, CURLOPT_URL, request.url.c_str());
    set(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    if (request.method == "POST") {
        set(handle, CURLOPT_POST, 1L);
        set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    }
}

Failure judge(CURLcode code, const Exchange& exchange) {
    if (exchange.denied)
        return Failure::denied;
    if (exchange.too_large)
        return Failure::too_large;
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:
        return Failure::bad_url;
    case CURLE_FILESIZE_EXCEEDED:
        return Failure::too_large;
    case CURLE_OPERATION_TIMEDOUT:
        return Failure::too_slow;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return Failure::bad_tls;
    default:
        return Failure::unreachable;
    }
}

} // namespace

std::string_view describe(Failure failure) {
    switch (failure) {
    case Failure::bad_url:
        return "The address must be a URL with https:// and without a name or password in it.";
    case Failure::denied:
        return "The address is inside a network that this server does not reach into. Its operator "
               "can open it with egress.allow.";
    case Failure::unreachable:
        return "Nothing answers at the address.";
    case Failure::bad_tls:
        return "The certificate at the address does not hold for this server. Its operator can "
               "name a private authority with egress.ca_file.";
    case Failure::too_slow:
        return "The answer took too long.";
    case Failure::too_large:
        return "The answer is too large.";
    }
    return "";
}

Client::Client(ClientOptions options) : options_(std::move(options)) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw std::runtime_error("libcurl does not start");
}

Outcome Client::send(const Request& request) const {
    const Handle handle(curl_easy_init());
    if (!handle)
        throw std::bad_alloc();
    Exchange exchange{{options_.opened, list_own_addresses()}, options_.body_max, {}, false, false};
    const List headers = make_headers(request);
    set_limits(handle, options_);
    set_request(handle, request);
    set(handle, CURLOPT_HTTPHEADER, headers.get());
    set(handle, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(handle, CURLOPT_OPENSOCKETDATA, &exchange);
    set(handle, CURLOPT_WRITEFUNCTION, &take_body);
    set(handle, CURLOPT_WRITEDATA, &exchange);
    const CURLcode code = curl_easy_perform(handle.get());
    if (code != CURLE_OK)
        return judge(code, exchange);
    long status = 0;
    const char* type = nullptr;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &type);
    exchange.answer.status = static_cast<int>(status);
    exchange.answer.content_type = type ? type : "";
    return std::move(exchange.answer);
}

} // namespace atalaya::egress
