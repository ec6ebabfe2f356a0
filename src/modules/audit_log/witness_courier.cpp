#include "modules/audit_log/witness_courier.hpp"

#include "audit_log_sql.hpp"
#include "base/log.hpp"
#include "base/retry.hpp"

#include <algorithm>
#include <bit>

namespace atalaya::audit_log {
namespace {

constexpr std::chrono::seconds poll_interval{5};
constexpr Micros delay_min = std::chrono::minutes(1);
constexpr Micros delay_max = std::chrono::hours(1);
constexpr std::int64_t kept_subtree_min = 256;
constexpr std::size_t kept_subtrees_max = 200'000;

std::string events(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

} // namespace

Micros witness_retry_delay(std::int64_t attempts) {
    return atalaya::retry_delay(attempts, delay_min, delay_max);
}

WitnessCourier::WitnessCourier(db::ConnectionOptions connection, CourierParts parts)
    : parts_(std::move(parts)),
      connection_(std::move(connection)),
      task_("witnesses not reached", poll_interval, [this](std::stop_token stop) {
          run_once(stop);
          return false;
      }) {}

void WitnessCourier::run_once(std::stop_token stop) {
    for (const TeamId& team : parts_.list_teams()) {
        const auto witnesses = db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
            return list_witnesses(tx, parts_.keyring);
        });
        for (const StoredWitness& witness : witnesses) {
            if (stop.stop_requested())
                return;
            if (witness.next_try_at <= parts_.clock.now())
                tend(team, witness);
        }
    }
}

void WitnessCourier::tend(TeamId team, const StoredWitness& stored) {
    auto errand = find_errand(team, stored);
    if (!errand)
        return;
    Outcome outcome = ask(team, stored.shown, *errand);
    if (outcome.known_size && *outcome.known_size != errand->old_size &&
        *outcome.known_size <= errand->checkpoint.size) {
        // It knows more than we noted of it, or less: a lost answer, another memory.
        errand->old_size = *outcome.known_size;
        outcome = ask(team, stored.shown, *errand);
    }
    note(team, stored, *errand, outcome);
}

std::optional<WitnessCourier::Errand> WitnessCourier::find_errand(TeamId team,
                                                                  const StoredWitness& stored) {
    auto newest = db::transact(connection_, {team, UserId{}},
                               [](db::Tx& tx) { return audit::find_newest_checkpoint(tx); });
    if (!newest)
        return std::nullopt;
    auto note = audit::parse_note(newest->note);
    const auto checkpoint =
        note ? audit::parse_checkpoint(note->text) : Result<audit::Checkpoint>(note.error());
    if (!checkpoint)
        return std::nullopt; // the signer did not write this; it says so itself
    const bool is_same_log = checkpoint->origin == stored.origin;
    const std::int64_t old_size = is_same_log ? stored.shown.size : 0;
    if (is_same_log && old_size == newest->size && stored.shown.attempts == 0)
        return std::nullopt;
    return Errand{std::move(*newest), std::move(*note), checkpoint->origin, old_size};
}

std::vector<audit::Hash> WitnessCourier::prove(TeamId team, std::int64_t from, std::int64_t to) {
    if (from <= 0 || from >= to)
        return {};
    return db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
        const audit::SubtreeHash read = audit::subtree_hash(tx);
        return audit::consistency_proof(from, to, [&](std::int64_t begin, std::int64_t end) {
            const auto size = static_cast<std::uint64_t>(end - begin);
            if (end - begin < kept_subtree_min || !std::has_single_bit(size))
                return read(begin, end);
            const auto name = std::tuple(team, begin, end);
            if (const auto kept = subtrees_.find(name); kept != subtrees_.end())
                return kept->second;
            if (subtrees_.size() >= kept_subtrees_max)
                subtrees_.clear();
            return subtrees_.emplace(name, read(begin, end)).first->second;
        });
    });
}

WitnessCourier::Outcome WitnessCourier::ask(TeamId team, const Witness& witness,
                                            const Errand& errand) {
    if (errand.old_size > errand.checkpoint.size)
        return {.cosignature = {},
                .failure = "It cosigned " + events(errand.old_size) +
                           ", and the newest checkpoint has " + events(errand.checkpoint.size) +
                           ".",
                .is_refused = true};
    audit::Submission submission{errand.old_size,
                                 prove(team, errand.old_size, errand.checkpoint.size), errand.note};
    egress::Request request;
    request.method = "POST";
    request.url = witness.url + (witness.url.ends_with('/') ? "" : "/") + "add-checkpoint";
    request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    request.body = audit::encode_submission(submission);
    connection_.check_in();
    const egress::Outcome outcome = parts_.send(request);
    if (const auto* failure = std::get_if<egress::Failure>(&outcome))
        return {.cosignature = {}, .failure = std::string(egress::describe(*failure))};
    return judge(witness, errand, std::get<egress::Answer>(outcome));
}

WitnessCourier::Outcome WitnessCourier::judge(const Witness& witness, const Errand& errand,
                                              const egress::Answer& answer) const {
    Outcome out;
    const std::int64_t size = errand.checkpoint.size;
    if (answer.status == 200) {
        const auto key = audit::parse_vkey(witness.vkey);
        const auto lines = audit::parse_signatures(answer.body);
        for (const audit::NoteSignature& one :
             lines ? *lines : std::vector<audit::NoteSignature>{}) {
            if (key && audit::is_signed_by(*key, errand.note.text, one))
                out.cosignature = one;
        }
        out.failure = "What it answered is not signed by its key.";
    } else if (answer.status == 409) {
        out.known_size = audit::parse_known_size(answer.body);
        out.is_refused = out.known_size && *out.known_size >= size;
        out.failure = !out.known_size ? "It answered 409 without a size."
                      : *out.known_size > size
                          ? "It cosigned " + events(*out.known_size) +
                                ", and the newest checkpoint has " + events(size) + "."
                          : "It cosigned " + events(*out.known_size) + " of another history.";
    } else if (answer.status == 422) {
        out.is_refused = true;
        out.failure = "It cosigned " + events(errand.old_size) + " of another history.";
    } else if (answer.status == 404) {
        out.failure = "It does not know this log. Give it the key " + errand.checkpoint.vkey + ".";
    } else if (answer.status == 403) {
        out.failure = "It knows another key of this log.";
    } else {
        out.failure = "It answered " + std::to_string(answer.status) + ".";
    }
    return out;
}

void WitnessCourier::note(TeamId team, const StoredWitness& stored, const Errand& errand,
                          const Outcome& outcome) {
    const Witness& witness = stored.shown;
    const Time now = parts_.clock.now();
    db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) {
        if (outcome.cosignature) {
            audit::add_cosignature(tx, errand.checkpoint, audit::parse_vkey(witness.vkey).value(),
                                   *outcome.cosignature);
            tx.query(sql::audit_log::note_cosigned, {{"team_id", team},
                                                     {"id", witness.id},
                                                     {"origin", errand.origin},
                                                     {"size", errand.checkpoint.size},
                                                     {"now", now}});
            return;
        }
        tx.query(sql::audit_log::note_not_cosigned,
                 {{"team_id", team},
                  {"id", witness.id},
                  {"failure", outcome.failure},
                  {"refused", outcome.is_refused},
                  {"now", now},
                  {"next_try_at", now + witness_retry_delay(witness.attempts + 1)}});
    });
    if (!outcome.cosignature && outcome.is_refused && witness.state != "refused") {
        log::error("a witness knows another history",
                   {{"team", to_string(team)}, {"reason", outcome.failure}});
        parts_.refused(team, witness, outcome.failure);
    }
}

} // namespace atalaya::audit_log
