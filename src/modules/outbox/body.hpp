// A mail in the outbox, as data. On the thread of the transaction, in the platform's scope.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "mail/message.hpp"

namespace atalaya::outbox {

void insert_message(db::Tx& tx, keyring::Keyring& keyring, const mail::Stamp& stamp,
                    const mail::Message& message);
/// Absent when the key is gone, the body was altered, or it is no whole mail.
std::optional<mail::Message> open_message(keyring::Keyring& keyring, const Uuid& id,
                                          const Bytes& body);

} // namespace atalaya::outbox
