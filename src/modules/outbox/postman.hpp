// Empties the outbox: one thread with one connection, which sends one mail at a time.
//
// Owned by the instance. wake() is for any thread, start() and stop() for the owner's. A failure is
// never the end of it: a mail that cannot be sent now is tried again after one minute, then two,
// up to six hours, for three days. Several servers on one database share the work.
#pragma once

#include "db/connection.hpp"
#include "keyring/keyring.hpp"
#include "mail/smtp.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

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
    ~Postman();
    Postman(const Postman&) = delete;
    Postman& operator=(const Postman&) = delete;

    void start();
    /// There may be something to send.
    void wake();
    /// Breaks off what is being sent, which is then tried again at the next start. Idempotent.
    void stop();

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
    void work(std::stop_token stop);
    /// False when the thread is to end.
    bool pause(std::stop_token stop);

    keyring::Keyring& keyring_;
    const Clock& clock_;
    const Transport transport_;
    db::Connection connection_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool woken_ = false;
    std::jthread thread_;
};

} // namespace atalaya::outbox
