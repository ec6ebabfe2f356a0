// Mails on their way: put here in the transaction that is the reason for them, sent afterwards by
// the postman (postman.hpp).
//
// Functions run on the thread of their transaction. A mail may reach somebody twice, when the
// program dies between the mail server's OK and the note of it; its Message-ID is the same then.
#pragma once

#include "api/call.hpp"
#include "mail/letters.hpp"

namespace atalaya::outbox {

/// Whether this installation sends mail. When not, links are shown to whoever is to hand them on.
bool is_configured(const api::Services& services);

/// Puts a mail into the outbox. False when this installation sends none, or no mail can be made of
/// it. Leaves the scope as it was.
bool enqueue(api::Call& call, const mail::Message& message);

/// Takes back what is still to go to this address. In the platform's scope.
void withdraw(db::Tx& tx, keyring::Keyring& keyring, std::string_view address);

/// Forgets what was sent, or given up, before this time. In the platform's scope.
void delete_settled(db::Tx& tx, Time before);

} // namespace atalaya::outbox
