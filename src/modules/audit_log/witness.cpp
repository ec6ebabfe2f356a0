#include "modules/audit_log/witness.hpp"

#include "audit_log_sql.hpp"
#include "modules/audit_log/sealed_body.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::audit_log {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::string_view body_purpose = "audit_witness.body";

constexpr std::array draft_fields{
    field<&WitnessDraft::name>("name", "Whose it is.", length(1, 120)),
    field<&WitnessDraft::vkey>("vkey",
                               "The witness's key, NAME+ID+BASE64, of type 4 (C2SP "
                               "tlog-cosignature).",
                               length(1, 500)),
    field<&WitnessDraft::url>("url",
                              "https://HOST/PATH before which `/add-checkpoint` is put (C2SP "
                              "tlog-witness).",
                              length(1, 2000)),
};
static_assert(names_every_member<WitnessDraft>(draft_fields));

constexpr std::array witness_fields{
    field<&Witness::id>("id", "The witness."),
    field<&Witness::name>("name", "Whose it is."),
    field<&Witness::vkey>("vkey", "Its key."),
    field<&Witness::url>("url", "Where it is asked."),
    field<&Witness::state>("state", "waiting (nothing was cosigned yet), cosigning, failing, or "
                                    "refused: it knows another history."),
    field<&Witness::size>("size", "Events of the largest checkpoint that it cosigned."),
    field<&Witness::cosigned_at>("cosigned_at", "When it last did."),
    field<&Witness::attempts>("attempts", "Failed attempts in a row."),
    field<&Witness::failing_since>("failing_since", "When the first of them was."),
    field<&Witness::next_try_at>("next_try_at", "When the next attempt is due, while it fails."),
    field<&Witness::failure>("failure", "Why the last attempt failed."),
    field<&Witness::created_at>("created_at", "When it was registered."),
    field<&Witness::revision>("revision", "Grows with every change."),
};
static_assert(names_every_member<Witness>(witness_fields));

StoredWitness read_witness(const db::Row& row, WitnessDraft body) {
    StoredWitness stored;
    Witness& out = stored.shown;
    stored.origin = row.get<std::string>("origin");
    stored.next_try_at = row.get<Time>("next_try_at");
    out.id = row.get<Uuid>("id");
    out.name = std::move(body.name);
    out.vkey = std::move(body.vkey);
    out.url = std::move(body.url);
    out.size = row.get<std::int64_t>("size");
    out.cosigned_at = row.get<std::optional<Time>>("cosigned_at");
    out.attempts = row.get<std::int64_t>("attempts");
    out.failing_since = row.get<std::optional<Time>>("failing_since");
    if (out.failing_since)
        out.next_try_at = stored.next_try_at;
    out.failure = row.get<std::optional<std::string>>("failure");
    out.state = row.get<bool>("refused") ? "refused"
                : out.attempts > 0       ? "failing"
                : out.cosigned_at        ? "cosigning"
                                         : "waiting";
    out.created_at = row.get<Time>("created_at");
    out.revision = row.get<std::int64_t>("revision");
    return stored;
}

} // namespace

Bytes seal_witness(keyring::Keyring& keyring, TeamId team, const Uuid& id,
                   const WitnessDraft& body) {
    return seal_body(keyring, team, body_purpose, id, body);
}

std::vector<StoredWitness> list_witnesses(db::Tx& tx, keyring::Keyring& keyring,
                                          std::optional<Uuid> id) {
    std::vector<StoredWitness> witnesses;
    for (const db::Row row : tx.query(sql::audit_log::list_witnesses, {{"id", id}})) {
        auto body = open_body<WitnessDraft>(keyring, tx.scope().team, body_purpose,
                                            row.get<Uuid>("id"), row.get<Bytes>("body"));
        if (!body)
            continue;
        witnesses.push_back(read_witness(row, std::move(*body)));
    }
    return witnesses;
}

} // namespace atalaya::audit_log

namespace atalaya::shape {
const Shape Described<audit_log::WitnessDraft>::shape{"AuditWitnessDraft", audit_log::draft_fields};
const Shape Described<audit_log::Witness>::shape{"AuditWitness", audit_log::witness_fields};
} // namespace atalaya::shape
