#include "mail/smtp.hpp"

#include "base/text.hpp"

#include <curl/curl.h>
#include <memory>
#include <stdexcept>
#include <vector>

namespace atalaya::mail {
namespace {

struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MimeEnd {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;
using Mime = std::unique_ptr<curl_mime, MimeEnd>;
using List = std::unique_ptr<curl_slist, ListEnd>;

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
    if (curl_easy_setopt(handle.get(), option, value) != CURLE_OK)
        throw std::runtime_error("libcurl knows no option " + std::to_string(option));
}

List make_list(const std::vector<std::string>& lines) {
    List list;
    for (const std::string& line : lines) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer)
            throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

void add_part(const Mime& mime, const std::string& content, const char* type) {
    curl_mimepart* part = curl_mime_addpart(mime.get());
    if (!part || curl_mime_data(part, content.data(), content.size()) != CURLE_OK ||
        curl_mime_type(part, type) != CURLE_OK ||
        curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
        throw std::bad_alloc();
}

int stop_when_asked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

long curl_tls(Tls tls) {
    switch (tls) {
    case Tls::required:
        return CURLUSESSL_ALL;
    case Tls::opportunistic:
        return CURLUSESSL_TRY;
    case Tls::off:
        break;
    }
    return CURLUSESSL_NONE;
}

std::vector<std::string> make_head(const Sender& sender, const Message& message,
                                   const Stamp& stamp) {
    const std::string host = sender.address.substr(sender.address.find('@') + 1);
    return {"From: " + sender.header,
            "To: <" + message.to + ">",
            "Subject: " + encode_header_text(message.subject),
            "Date: " + to_mail_date(stamp.written_at),
            "Message-ID: <" + to_string(stamp.id) + "@" + host + ">",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative"};
}

void set_connection(const Handle& handle, const SmtpOptions& options) {
    set(handle, CURLOPT_URL, options.url.c_str());
    set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(handle, CURLOPT_PROXY, ""); // never by way of a proxy that the environment names
    set(handle, CURLOPT_USE_SSL, curl_tls(options.tls));
    set(handle, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) {
        set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
        set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (!options.user.empty()) {
        set(handle, CURLOPT_USERNAME, options.user.c_str());
        set(handle, CURLOPT_PASSWORD, std::string(options.password.reveal_text()).c_str());
    }
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_CONNECTTIMEOUT, 20L);
    set(handle, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
}

/// A refusal for good is one of the sender, the recipient or the content: the server knows us and
/// says 5xx to this message. Whatever concerns the connection or the log-in can be mended.
Delivery judge(const Handle& handle, CURLcode code) {
    if (code == CURLE_OK)
        return {Outcome::sent, {}};
    long answer = 0;
    curl_off_t uploaded = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer);
    curl_easy_getinfo(handle.get(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
    const std::string said = answer > 0 ? " (the server said " + std::to_string(answer) + ")" : "";
    const bool about_message = code == CURLE_SEND_ERROR || uploaded > 0;
    const bool about_login = answer == 530 || answer == 534 || answer == 535 || answer == 538;
    if (about_message && !about_login && answer >= 500 && answer < 600)
        return {Outcome::refused, "refused" + said};
    return {Outcome::later, curl_easy_strerror(code) + said};
}

} // namespace

std::optional<Sender> parse_sender(std::string_view text) {
    text = trim(text);
    const auto open = text.find('<');
    if (open == std::string_view::npos)
        return is_plain_address(text)
                   ? std::optional(Sender{std::string(text), "<" + std::string(text) + ">"})
                   : std::nullopt;
    const std::string_view name = trim(text.substr(0, open));
    if (!text.ends_with('>'))
        return std::nullopt;
    const std::string address(text.substr(open + 1, text.size() - open - 2));
    const bool plain = name.size() <= 100 && name.find_first_of("\"\\<>") == name.npos &&
                       std::none_of(name.begin(), name.end(), [](char c) {
                           return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
                       });
    if (!plain || !is_plain_address(address))
        return std::nullopt;
    const std::string encoded = encode_header_text(name);
    const std::string shown = encoded == name ? "\"" + encoded + "\"" : encoded;
    return Sender{address, (name.empty() ? "" : shown + " ") + "<" + address + ">"};
}

SmtpSender::SmtpSender(SmtpOptions options) : options_(std::move(options)) {
    // Once in the process, before any thread uses it.
    static const CURLcode made = curl_global_init(CURL_GLOBAL_DEFAULT);
    const auto sender = parse_sender(options_.from);
    if (made != CURLE_OK || !sender)
        throw std::runtime_error(sender ? "libcurl does not start" : "mail.from is no sender");
    sender_ = *sender;
}

Delivery SmtpSender::send(const Message& message, const Stamp& stamp, std::stop_token stop) {
    if (const auto fault = find_fault(message))
        return {Outcome::refused, *fault};
    const Handle handle(curl_easy_init());
    if (!handle)
        throw std::bad_alloc();
    set_connection(handle, options_);
    const List head = make_list(make_head(sender_, message, stamp));
    const List recipients = make_list({"<" + message.to + ">"});
    const Mime mime(curl_mime_init(handle.get()));
    if (!mime)
        throw std::bad_alloc();
    add_part(mime, message.text, "text/plain; charset=utf-8");
    add_part(mime, message.html, "text/html; charset=utf-8");
    set(handle, CURLOPT_MAIL_FROM, ("<" + sender_.address + ">").c_str());
    set(handle, CURLOPT_MAIL_RCPT, recipients.get());
    set(handle, CURLOPT_HTTPHEADER, head.get());
    set(handle, CURLOPT_MIMEPOST, mime.get());
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, &stop_when_asked);
    set(handle, CURLOPT_XFERINFODATA, &stop);
    return judge(handle, curl_easy_perform(handle.get()));
}

} // namespace atalaya::mail
