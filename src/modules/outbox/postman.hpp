// Empties the outbox: one thread with one connection, which sends one mail at a time.
//
// Owned by the instance. wake() is for any thread, start() and stop() for the owner's. A failure is
// never the end of it: a mail that cannot be sent now is tried again after one minute, then two,
// up to six hours, for three days. Several servers on one database share the work.
#pragma once

#include "base/background_task.hpp"
#include "db/connection.hpp"
#include "keyring/keyring.hpp"
#include "mail/smtp.hpp"

#include <functional>

namespace atalaya::outbox {

/// How long until the next attempt after `attempts` of them; pure.
Micros retry_delay(std::int64_t attempts);

/// Sends one message; SmtpSender::send in the program.
using Transport =
    std::function<mail::Delivery(const mail::Message&, const mail::Stamp&, std::stop_token)>;

class Postman {
  public:
    Postman(db::ConnectionOptions connection, keyring::Keyring& keyring, const Clock& clock,
            Transport transport);

    void start() { task_.start(); }
    /// There may be something to send.
    void wake() { task_.wake(); }
    /// Breaks off what is being sent, which is then tried again at the next start. Idempotent.
    void stop() { task_.stop(); }

    /// Sends one mail that is due; false when there is none. For the own thread, and for tests that
    /// start none.
    bool deliver_one(std::stop_token stop = {});

  private:
    struct Borrowed {
        mail::Stamp stamp;
        std::int64_t attempts = 0;
        std::optional<mail::Message> message;
    };
    std::optional<Borrowed> borrow();
    void note(const Borrowed& mail, const mail::Delivery& delivery, bool interrupted);

    keyring::Keyring& keyring_;
    const Clock& clock_;
    const Transport transport_;
    db::Connection connection_;
    BackgroundTask task_;
};

} // namespace atalaya::outbox
