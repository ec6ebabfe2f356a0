#include "audit/recorder.hpp"

#include "audit/reader.hpp"
#include "audit_sql.hpp"
#include "base/check.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace atalaya::audit {
namespace {

void set_unless_empty(shape::Json& object, std::string_view name, const std::string& value) {
    if (!value.empty())
        object.set(name, value);
}

void set_unless_nil(shape::Json& object, std::string_view name, const Uuid& value) {
    if (!value.is_nil())
        object.set(name, to_string(value));
}

// Members in alphabetical order: one text for one meaning.
std::string subject_body(const Actor& actor) {
    shape::Json body{shape::Object{}};
    set_unless_nil(body, "actor", actor.user);
    set_unless_nil(body, "device", actor.device);
    set_unless_empty(body, "ip", actor.ip);
    set_unless_nil(body, "key", actor.key);
    set_unless_empty(body, "name", actor.name);
    set_unless_empty(body, "request_id", actor.request_id);
    set_unless_nil(body, "session", actor.session);
    set_unless_empty(body, "user_agent", actor.user_agent);
    return shape::write_json(body);
}

std::string detail_body(const Event& event) {
    shape::Json body{shape::Object{}};
    if (!event.changes.is_null())
        body.set("changes", event.changes);
    set_unless_empty(body, "name", event.resource_name);
    if (event.person)
        body.set("person", to_string(*event.person));
    return shape::write_json(body);
}

} // namespace

std::optional<std::int64_t> Heads::find(const TeamId& team) const {
    const std::lock_guard lock(mutex_);
    const auto found = seqs_.find(team);
    if (found == seqs_.end())
        return std::nullopt;
    return found->second;
}

void Heads::set(const TeamId& team, std::int64_t seq) {
    const std::lock_guard lock(mutex_);
    seqs_[team] = seq;
}

void Heads::forget(const TeamId& team) {
    const std::lock_guard lock(mutex_);
    seqs_.erase(team);
}

Recorder::Recorder(Heads& heads, const PayloadSealer& sealer, const Secret& seal_key,
                   const Clock& clock, Random& random, Actor actor)
    : heads_(heads),
      sealer_(sealer),
      seal_key_(seal_key),
      clock_(clock),
      random_(random),
      actor_(std::move(actor)) {}

Recorder::~Recorder() {
    if (!appended_ || settled_)
        return;
    for (const Entry& entry : events_)
        heads_.forget(entry.team);
}

void Recorder::add(const TeamId& team, Event event, Then then) {
    CHECK_REQUEST(!appended_);
    events_.push_back({team, std::move(event), std::move(then), {}});
}

void Recorder::append_to(db::Tx& tx) {
    CHECK_REQUEST(!appended_);
    appended_ = true;
    // One order of teams for all transactions: no two of them can wait for each other's heads.
    std::vector<std::size_t> order(events_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return events_[left].team < events_[right].team;
    });
    std::int64_t seq = 0;
    const TeamId* current = nullptr;
    for (const std::size_t index : order) {
        const TeamId& team = events_[index].team;
        if (!current || *current != team) {
            if (tx.scope().team != team)
                tx.enter({team, tx.scope().actor});
            seq = head_of(tx, team);
            current = &team;
        }
        append_one(tx, index, ++seq);
        if (events_[index].then)
            events_[index].then(tx, seq);
    }
}

std::int64_t Recorder::head_of(db::Tx& tx, const TeamId& team) {
    if (const auto known = heads_.find(team))
        return *known;
    return get_head(tx).seq;
}

void Recorder::append_one(db::Tx& tx, std::size_t index, std::int64_t seq) {
    const auto& [team, event, then, receipt] = events_[index];
    const Header header{team,
                        seq,
                        random_.uuid(),
                        clock_.now(),
                        event.action,
                        event.outcome,
                        actor_.kind,
                        event.resource_type,
                        event.person ? Uuid{} : event.resource_id};
    Bytes subject, detail;
    const std::array commits{
        commit_payload(Part::subject, header, {team, actor_.user}, subject_body(actor_), subject),
        commit_payload(Part::detail, header, {team, event.person.value_or(UserId{})},
                       detail_body(event), detail)};
    Writer joined;
    for (const Hash& one : commits)
        joined.raw(one);
    events_[index].receipt = {team, 0, seq, {}};
    tx.defer(sql::audit::append,
             {{"seq", seq},
              {"event_id", header.event_id},
              {"occurred_at_us", header.occurred_at.us},
              {"action", header.action},
              {"outcome", static_cast<int>(header.outcome)},
              {"actor_kind", static_cast<int>(header.actor_kind)},
              {"resource_type", header.resource_type},
              {"resource_id", header.resource_id},
              {"commits", joined.bytes()},
              {"subject", subject},
              {"detail", detail},
              {"seal", seal(seal_key_, encode_header(header), commits)}},
             [this, index](const db::Rows& rows) {
                 events_[index].receipt.row_hash = rows[0].get<Hash>("row_hash");
             });
}

/// Closes `salt | body`: whoever destroys the key destroys the salt with it, and the commitment
/// that stays behind says nothing any more.
Hash Recorder::commit_payload(Part part, const Header& header, const Owner& owner,
                              const std::string& body, Bytes& sealed) {
    Salt salt;
    random_.fill(salt);
    Writer plain;
    plain.raw(salt).raw(body);
    sealed = sealer_.seal(owner, part, header.event_id, plain.bytes());
    return commit(salt, part, header.chain, header.seq, as_bytes(body));
}

std::vector<Receipt> Recorder::committed() {
    CHECK_REQUEST(events_.empty() || appended_);
    settled_ = true;
    std::vector<Receipt> receipts;
    for (const Entry& entry : events_) {
        heads_.set(entry.team, entry.receipt.seq); // several of one team: the last is the highest
        receipts.push_back(entry.receipt);
    }
    return receipts;
}

void open_chain(db::Tx& tx, const TeamId& team) {
    tx.defer(sql::audit::open_chain, {{"team", team}});
}

} // namespace atalaya::audit
