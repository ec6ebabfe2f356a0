// Streams of the record to a team's own collector, as data: what is asked for, what is kept and how
// far each one is. Private to this module.
//
// Functions run on the thread of their transaction, in the team's scope. Name, address and signing
// secret lie sealed under the team's key.
#pragma once

#include "db/tx.hpp"
#include "keyring/keyring.hpp"
#include "shape/field.hpp"

namespace atalaya::api {
class Call;
}

namespace atalaya::audit_log {

/// What may be changed.
struct StreamChange {
    std::string name;
    std::string url;
    bool paused = false;
};

struct StreamDraft {
    std::string name;
    std::string kind; ///< webhook or syslog
    std::string url;
    bool from_start = false;
};

struct Stream {
    Uuid id;
    std::string name;
    std::string kind;
    std::string url;
    std::string state; ///< active, failing or paused
    std::int64_t delivered_seq = 0;
    std::int64_t lag = 0;
    std::optional<Time> delivered_at;
    std::int64_t attempts = 0;
    std::optional<Time> failing_since, next_try_at;
    std::optional<std::string> failure;
    bool test_pending = false;
    std::optional<Time> tested_at;
    std::optional<std::string> test_failure;
    Time created_at;
    std::int64_t revision = 0;
};

/// The answer to making a stream: its signing secret, this once.
struct NewStream {
    Stream stream;
    std::optional<std::string> secret;
};

/// The sealed body.
struct StreamBody {
    std::string name;
    std::string url;
    std::string secret; ///< of a webhook; empty otherwise
};

struct StoredStream {
    Stream shown;
    StreamBody body;
};

Bytes seal_stream(keyring::Keyring& keyring, TeamId team, const Uuid& id, const StreamBody& body);
/// In the order of their making; those whose key is gone are missing.
std::vector<StoredStream> list_streams(db::Tx& tx, keyring::Keyring& keyring,
                                       std::optional<Uuid> id = std::nullopt);

/// What the server does by itself when a stream failed for too long; on the record.
void pause_stream(api::Call& call, TeamId team, const Stream& stream);

} // namespace atalaya::audit_log

namespace atalaya::shape {
template <>
struct Described<audit_log::StreamChange> {
    static const Shape shape;
};
template <>
struct Described<audit_log::StreamDraft> {
    static const Shape shape;
};
template <>
struct Described<audit_log::Stream> {
    static const Shape shape;
};
template <>
struct Described<audit_log::NewStream> {
    static const Shape shape;
};
template <>
struct Described<audit_log::StreamBody> {
    static const Shape shape;
};
} // namespace atalaya::shape
