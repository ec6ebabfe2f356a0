#include "modules/audit_log/stream.hpp"

#include "audit_log_sql.hpp"
#include "modules/audit_log/sealed_body.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::audit_log {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array<std::string_view, 2> kinds{"webhook", "syslog"};
constexpr std::string_view url_doc =
    "https://HOST/PATH of a webhook, or syslog+tls://HOST:PORT (6514 if not given).";
constexpr std::string_view body_purpose = "audit_stream.body";

constexpr std::array change_fields{
    field<&StreamChange::name>("name", "What it is for.", length(1, 120)),
    field<&StreamChange::url>("url", url_doc, length(1, 2000)),
    field<&StreamChange::paused>("paused", "Whether nothing is sent; what happens is kept."),
};
static_assert(names_every_member<StreamChange>(change_fields));

constexpr std::array draft_fields{
    field<&StreamDraft::name>("name", "What it is for.", length(1, 120)),
    field<&StreamDraft::kind>("kind", "webhook or syslog.", shape::one_of(kinds)),
    field<&StreamDraft::url>("url", url_doc, length(1, 2000)),
    field<&StreamDraft::from_start>("from_start",
                                    "Send the whole record, and not only what happens from now."),
};
static_assert(names_every_member<StreamDraft>(draft_fields));

constexpr std::array stream_fields{
    field<&Stream::id>("id", "The stream."),
    field<&Stream::name>("name", "What it is for."),
    field<&Stream::kind>("kind", "webhook or syslog."),
    field<&Stream::url>("url", "Where it goes."),
    field<&Stream::state>("state", "active, failing, or paused."),
    field<&Stream::delivered_seq>("delivered_seq", "All events up to this number were taken."),
    field<&Stream::lag>("lag", "How many events wait."),
    field<&Stream::delivered_at>("delivered_at", "When something was last taken."),
    field<&Stream::attempts>("attempts", "Failed attempts in a row."),
    field<&Stream::failing_since>("failing_since", "When the first of them was."),
    field<&Stream::next_try_at>("next_try_at", "When the next attempt is due, while it fails."),
    field<&Stream::failure>("failure", "Why the last attempt failed."),
    field<&Stream::test_pending>("test_pending", "Whether a test is about to be made."),
    field<&Stream::tested_at>("tested_at", "When it was last tested."),
    field<&Stream::test_failure>("test_failure", "Why that failed; null when it did not."),
    field<&Stream::created_at>("created_at", "When it was made."),
    field<&Stream::revision>("revision", "Grows with every change."),
};
static_assert(names_every_member<Stream>(stream_fields));

constexpr std::array new_fields{
    field<&NewStream::stream>("stream", "The stream."),
    field<&NewStream::secret>("secret", "With it a webhook's signature is checked (Standard "
                                        "Webhooks). Shown this once; null for syslog."),
};
static_assert(names_every_member<NewStream>(new_fields));

constexpr std::array body_fields{
    field<&StreamBody::name>("name", "What it is for."),
    field<&StreamBody::url>("url", "Where it goes."),
    field<&StreamBody::secret>("secret", "The signing secret."),
};
static_assert(names_every_member<StreamBody>(body_fields));

Stream read_stream(const db::Row& row, const StreamBody& body) {
    Stream out;
    out.id = row.get<Uuid>("id");
    out.name = body.name;
    out.kind = row.get<std::string>("kind");
    out.url = body.url;
    out.delivered_seq = row.get<std::int64_t>("delivered_seq");
    out.lag = row.get<std::int64_t>("head_seq") - out.delivered_seq;
    out.delivered_at = row.get<std::optional<Time>>("delivered_at");
    out.attempts = row.get<std::int64_t>("attempts");
    out.failing_since = row.get<std::optional<Time>>("failing_since");
    if (out.failing_since)
        out.next_try_at = row.get<Time>("next_try_at");
    out.failure = row.get<std::optional<std::string>>("failure");
    out.state = row.get<bool>("paused") ? "paused" : out.attempts > 0 ? "failing" : "active";
    out.test_pending = row.get<std::optional<Time>>("test_asked_at").has_value();
    out.tested_at = row.get<std::optional<Time>>("tested_at");
    out.test_failure = row.get<std::optional<std::string>>("test_failure");
    out.created_at = row.get<Time>("created_at");
    out.revision = row.get<std::int64_t>("revision");
    return out;
}

} // namespace

Bytes seal_stream(keyring::Keyring& keyring, TeamId team, const Uuid& id, const StreamBody& body) {
    return seal_body(keyring, team, body_purpose, id, body);
}

std::vector<StoredStream> list_streams(db::Tx& tx, keyring::Keyring& keyring,
                                       std::optional<Uuid> id) {
    std::vector<StoredStream> streams;
    for (const db::Row row : tx.query(sql::audit_log::list_streams, {{"id", id}})) {
        auto body = open_body<StreamBody>(keyring, tx.scope().team, body_purpose,
                                          row.get<Uuid>("id"), row.get<Bytes>("body"));
        if (!body)
            continue;
        Stream shown = read_stream(row, *body);
        streams.push_back({std::move(shown), std::move(*body)});
    }
    return streams;
}

} // namespace atalaya::audit_log

namespace atalaya::shape {
const Shape Described<audit_log::StreamChange>::shape{"AuditStreamChange",
                                                      audit_log::change_fields};
const Shape Described<audit_log::StreamDraft>::shape{"AuditStreamDraft", audit_log::draft_fields};
const Shape Described<audit_log::Stream>::shape{"AuditStream", audit_log::stream_fields};
const Shape Described<audit_log::NewStream>::shape{"NewAuditStream", audit_log::new_fields};
const Shape Described<audit_log::StreamBody>::shape{"AuditStreamBody", audit_log::body_fields};
} // namespace atalaya::shape
