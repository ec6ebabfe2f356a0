#include "modules/outbox/postman.hpp"

#include "base/log.hpp"
#include "base/problem.hpp"
#include "base/retry.hpp"
#include "db/tx.hpp"
#include "modules/outbox/body.hpp"
#include "outbox_sql.hpp"

#include <algorithm>

namespace atalaya::outbox {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Micros delay_min = minutes(1);
constexpr Micros delay_max = hours(6);
constexpr Micros given_up_after = hours(72);
/// Longer than one attempt can take: until then nobody else sends the same mail.
constexpr Micros lease = minutes(5);
/// Between two looks at what has become due.
constexpr std::chrono::seconds poll_interval{10};

} // namespace

Micros retry_delay(std::int64_t attempts) {
    return atalaya::retry_delay(attempts, delay_min, delay_max);
}

Postman::Postman(db::ConnectionOptions connection, keyring::Keyring& keyring, const Clock& clock,
                 Transport transport)
    : keyring_(keyring),
      clock_(clock),
      transport_(std::move(transport)),
      connection_(std::move(connection)),
      // What was sent while the database was away is sent again when its lease runs out.
      task_("outbox not reached", poll_interval,
            [this](std::stop_token stop) { return deliver_one(stop); }) {}

std::optional<Postman::Borrowed> Postman::borrow() {
    const Time now = clock_.now();
    return db::transact(connection_, {}, [&](db::Tx& tx) -> std::optional<Borrowed> {
        const auto row =
            tx.query_optional(sql::outbox::borrow_mail, {{"now", now}, {"until", now + lease}});
        if (!row)
            return std::nullopt;
        Borrowed mail;
        mail.stamp = {row->get<Uuid>("id"), row->get<Time>("written_at")};
        mail.attempts = row->get<std::int64_t>("attempts");
        mail.message = open_message(keyring_, mail.stamp.id, row->get<Bytes>("body"));
        return mail;
    });
}

bool Postman::deliver_one(std::stop_token stop) {
    const auto mail = borrow();
    if (!mail)
        return false;
    const mail::Delivery delivery =
        mail->message ? transport_(*mail->message, mail->stamp, stop)
                      : mail::Delivery{mail::Outcome::refused, "the sealed body cannot be opened"};
    note(*mail, delivery, stop.stop_requested());
    return true;
}

void Postman::note(const Borrowed& mail, const mail::Delivery& delivery, bool interrupted) {
    const Time now = clock_.now();
    const bool too_old = now - mail.stamp.written_at >= given_up_after;
    const bool again = delivery.outcome == mail::Outcome::later && (interrupted || !too_old);
    db::transact(connection_, {}, [&](db::Tx& tx) {
        if (again) {
            const Time next = interrupted ? now : now + retry_delay(mail.attempts);
            tx.query(sql::outbox::postpone_mail, {{"id", mail.stamp.id},
                                                  {"attempts", mail.attempts},
                                                  {"next_try_at", next},
                                                  {"reason", delivery.reason}});
            return;
        }
        const bool sent = delivery.outcome == mail::Outcome::sent;
        tx.query(sql::outbox::settle_mail, {{"id", mail.stamp.id},
                                            {"attempts", mail.attempts},
                                            {"state", sent ? "sent" : "failed"},
                                            {"reason", delivery.reason},
                                            {"now", now}});
    });
    if (delivery.outcome == mail::Outcome::sent || interrupted)
        return;
    log::warning(again ? "mail delayed" : "mail given up",
                 {{"id", to_string(mail.stamp.id)},
                  {"attempts", std::to_string(mail.attempts)},
                  {"reason", delivery.reason}});
}

} // namespace atalaya::outbox
