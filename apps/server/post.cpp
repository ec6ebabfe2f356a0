#include "server/post.hpp"

#include "base/text.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"

namespace atalaya::server_program {
namespace {

mail::Tls tls_of(config::MailTls tls) {
    switch (tls) {
    case config::MailTls::required:
        return mail::Tls::required;
    case config::MailTls::opportunistic:
        return mail::Tls::opportunistic;
    case config::MailTls::off:
        break;
    }
    return mail::Tls::off;
}

Secret read_password(const std::string& path) {
    const auto text = read_file(path);
    const std::string_view whole = text ? *text : std::string_view();
    const std::string_view password = trim(whole.substr(0, whole.find('\n')));
    if (password.empty())
        throw StartRefused("no password can be read from mail.smtp_password_file, " + path);
    return Secret(password);
}

} // namespace

outbox::Transport make_transport(const config::Config& config) {
    mail::SmtpOptions options;
    options.url = config.mail.smtp_url;
    options.user = config.mail.smtp_user;
    if (!options.user.empty())
        options.password = read_password(config.mail.smtp_password_file);
    options.from = config.mail.from;
    options.tls = tls_of(config.mail.tls);
    options.ca_file = config.mail.ca_file;
    if (!options.ca_file.empty() && !read_file(options.ca_file))
        throw StartRefused("no authorities can be read from mail.ca_file, " + config.mail.ca_file);
    if (!mail::parse_sender(options.from))
        throw StartRefused("mail.from is no sender: an address is wanted, or NAME <ADDRESS>");
    // Shared, because a function is a value that may be copied.
    const auto sender = std::make_shared<mail::SmtpSender>(std::move(options));
    return [sender](const mail::Message& message, const mail::Stamp& stamp, std::stop_token stop) {
        return sender->send(message, stamp, std::move(stop));
    };
}

} // namespace atalaya::server_program
