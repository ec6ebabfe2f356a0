// Hands messages to an SMTP server, one at a time, over libcurl.
//
// Owned by whoever sends; send() blocks, for two minutes at most, and is for one thread at a time.
// It never throws for what the network or the server does. Nothing personal is in a reason: of what
// the server says only the number is kept, since its words often repeat the address.
#pragma once

#include "base/secret.hpp"
#include "mail/message.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>

namespace atalaya::mail {

enum class Tls {
    required,      ///< no TLS, no mail
    opportunistic, ///< when the server offers it
    off
};

struct SmtpOptions {
    std::string url; ///< smtp://HOST[:PORT], or smtps:// for TLS from the first byte
    std::string user;
    Secret password;
    std::string from; ///< ADDRESS, or NAME <ADDRESS>
    Tls tls = Tls::required;
    std::filesystem::path
        ca_file; ///< authorities that the server's certificate may be from; empty: the system's
    std::chrono::seconds timeout{120};
};

enum class Outcome {
    sent,   ///< the server took it
    later,  ///< not now: the server is away, busy, or not set up right
    refused ///< not ever: this address or this content is not taken
};

struct Delivery {
    Outcome outcome{};
    std::string reason;
};

/// A sender as the `from` of the options: the address, and the whole as a header takes it. Absent
/// when it cannot be one.
struct Sender {
    std::string address;
    std::string header;
};
std::optional<Sender> parse_sender(std::string_view text);

class SmtpSender {
  public:
    /// Throws std::runtime_error when `from` is no sender.
    explicit SmtpSender(SmtpOptions options);

    /// A stop ends it within a second; the message may have been taken all the same.
    Delivery send(const Message& message, const Stamp& stamp, std::stop_token stop = {});

  private:
    const SmtpOptions options_;
    Sender sender_;
};

} // namespace atalaya::mail
