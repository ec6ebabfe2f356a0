#include "api/idempotency.hpp"
#include "audit_log_sql.hpp"
#include "modules/audit_log/audit_log.hpp"
#include "modules/audit_log/stream_message.hpp"
#include "modules/audit_log/witness.hpp"

namespace atalaya::audit_log {
namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;

constexpr std::size_t witnesses_max = 10;

void check_draft(const WitnessDraft& draft) {
    const auto key = audit::parse_vkey(draft.vkey);
    if (!key || key->type != audit::SignatureType::cosignature)
        throw Problem(problems::invalid)
            .at("/vkey", "vkey", "Write the key as the witness gives it: NAME+ID+BASE64.");
    if (!is_webhook_url(draft.url) || draft.url.find_first_of("?#") != std::string::npos)
        throw Problem(problems::invalid)
            .at("/url", "url", "Write https://HOST/PATH, without a name, a password or a query.");
}

Witness get_witness(api::Call& call) {
    auto found = list_witnesses(call.tx, call.services.keyring, call.path().uuid("witness"));
    if (found.empty())
        throw Problem(problems::not_found);
    return std::move(found.front().shown);
}

api::Page<Witness> list(api::Call& call) {
    api::Page<Witness> page;
    for (StoredWitness& stored : list_witnesses(call.tx, call.services.keyring))
        page.data.push_back(std::move(stored.shown));
    return page;
}

Witness get(api::Call& call) { return get_witness(call); }

api::Created<Witness> create(api::Call& call, const WitnessDraft& draft) {
    check_draft(draft);
    const auto known = list_witnesses(call.tx, call.services.keyring);
    if (known.size() >= witnesses_max)
        throw Problem(problems::conflict)
            .detail("A team has at most " + std::to_string(witnesses_max) + " witnesses.");
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const StoredWitness& one) {
        return one.shown.vkey == draft.vkey;
    });
    if (is_known)
        throw Problem(problems::conflict).detail("This witness is registered already.");
    const Uuid id = call.services.random.uuid();
    call.tx.query(sql::audit_log::insert_witness,
                  {{"team_id", call.team()},
                   {"id", id},
                   {"body", seal_witness(call.services.keyring, call.team(), id, draft)}});
    call.tx.query(sql::audit_log::insert_witness_progress, {{"team_id", call.team()}, {"id", id}});
    call.record("audit_witness.create", "audit_witness", id, shape::all_added(draft), draft.name);
    return {list_witnesses(call.tx, call.services.keyring, id).at(0).shown};
}

api::NoContent remove(api::Call& call) {
    const Witness witness = get_witness(call);
    call.check_revision(witness.revision);
    call.tx.query(sql::audit_log::delete_witness, {{"team_id", call.team()}, {"id", witness.id}});
    call.record(
        "audit_witness.delete", "audit_witness", witness.id,
        shape::Array{
            shape::json_object({{"field", "vkey"}, {"before", witness.vkey}, {"after", nullptr}}),
            shape::json_object({{"field", "url"}, {"before", witness.url}, {"after", nullptr}})},
        witness.name);
    return {};
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/audit/witnesses", Permission::audit_export,
                        "Who cosigns the checkpoints of the chain, and how far each one is."),
    team_endpoint<create>(Verb::post, "/teams/{team}/audit/witnesses", Permission::audit_export,
                          "Have every new checkpoint cosigned by this witness, too.")
        .with_step_up_of_people(),
    team_endpoint<get>(Verb::get, "/teams/{team}/audit/witnesses/{witness}",
                       Permission::audit_export, "One witness."),
    team_endpoint<remove>(Verb::del, "/teams/{team}/audit/witnesses/{witness}",
                          Permission::audit_export,
                          "Ask it no more. What it cosigned stays with the record.")
        .with_step_up_of_people()
        .with_revision(),
};

} // namespace

void record_refusal(api::Call& call, TeamId team, const Witness& witness,
                    const std::string& failure) {
    call.recorder.add(team,
                      {.action = "audit_witness.refuse",
                       .outcome = audit::Outcome::failed,
                       .resource_type = "audit_witness",
                       .resource_id = witness.id,
                       .resource_name = witness.name,
                       .changes = shape::Array{shape::json_object(
                           {{"field", "failure"}, {"before", nullptr}, {"after", failure}})}});
}

std::span<const api::Endpoint> witness_endpoints() { return table; }

} // namespace atalaya::audit_log
