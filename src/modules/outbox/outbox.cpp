#include "modules/outbox/outbox.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "modules/outbox/body.hpp"
#include "outbox_sql.hpp"

namespace atalaya::outbox {

bool is_configured(const api::Services& services) { return !services.config.mail.smtp_url.empty(); }

bool enqueue(api::Call& call, const mail::Message& message) {
    if (!is_configured(call.services))
        return false;
    if (const auto fault = mail::find_fault(message)) {
        log::warning("mail not written", {{"reason", *fault}});
        return false;
    }
    api::Services& services = call.services;
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    insert_message(call.tx, services.keyring, {services.random.uuid(), services.clock.now()},
                   message);
    call.tx.enter(before);
    if (services.on_mail)
        call.after_commit(services.on_mail);
    return true;
}

void withdraw(db::Tx& tx, keyring::Keyring& keyring, std::string_view address) {
    std::vector<Uuid> ids;
    for (const db::Row row : tx.query(sql::outbox::list_queued_mails)) {
        const auto id = row.get<Uuid>("id");
        const auto message = open_message(keyring, id, row.get<Bytes>("body"));
        if (message && to_lower(trim(message->to)) == to_lower(trim(address)))
            ids.push_back(id);
    }
    tx.defer(sql::outbox::delete_mails, {{"ids", ids}});
}

void delete_settled(db::Tx& tx, Time before) {
    tx.defer(sql::outbox::delete_settled_mails, {{"before", before}});
}

} // namespace atalaya::outbox
