#include "modules/erasure/eraser.hpp"

#include "api/call.hpp"
#include "audit/reader.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "erasure_sql.hpp"
#include "modules/erasure/person.hpp"
#include "modules/outbox/outbox.hpp"
#include "shape/codec.hpp"

namespace atalaya::erasure {
namespace {

/// Between two looks at what has become due.
constexpr std::chrono::seconds poll_interval{1};
constexpr std::int64_t events_at_once = 1000;
/// A tombstone takes at most about so many bodies, so that a team's writers never wait long.
constexpr std::size_t bodies_at_once = 2000;
constexpr int pages_at_once = 20;

const api::Incoming& as_system() {
    static const api::Incoming incoming = [] {
        api::Incoming out;
        out.caller.kind = access::CallerKind::system;
        out.caller.name = "erasure";
        return out;
    }();
    return incoming;
}

shape::Json count_of(std::string_view field, std::int64_t number) {
    return shape::json_object({{"field", field}, {"before", number}, {"after", nullptr}});
}

} // namespace

/// One that is under way.
struct Eraser::Due {
    Uuid id;
    UserId person;
    audit::ErasureBasis basis{};
    std::optional<Sought> sought;
};

Eraser::Eraser(api::Services& services, std::function<std::vector<TeamId>()> list_chains)
    : services_(services),
      list_chains_(std::move(list_chains)),
      task_("erasures not carried out", poll_interval, [this](std::stop_token stop) {
          run_once(stop);
          return false;
      }) {}

std::vector<Eraser::Due> Eraser::list_due() {
    api::SlowCall call(services_, as_system());
    return call.transact({}, {}, [&](api::Call& inner) {
        std::vector<Due> out;
        for (const db::Row row : inner.tx.query(sql::erasure::list_due)) {
            Due due{row.get<Uuid>("id"),
                    row.get<UserId>("person"),
                    shape::parse_enum<audit::ErasureBasis>(row.get<std::string>("basis")).value(),
                    {}};
            due.sought = open_sought(services_.keyring, due.person, due.id,
                                     row.get<std::optional<Bytes>>("body"));
            out.push_back(std::move(due));
        }
        return out;
    });
}

void Eraser::run_once(std::stop_token stop) {
    for (const Due& due : list_due()) {
        try { // one that cannot go on keeps no other from its end
            carry_out(due, stop);
        } catch (const std::exception& failure) {
            log::warning("erasure interrupted",
                         {{"erasure", to_string(due.id)}, {"reason", failure.what()}});
        }
    }
}

void Eraser::carry_out(const Due& due, std::stop_token stop) {
    for (const TeamId& chain : list_chains_()) {
        if (stop.stop_requested())
            return;
        tidy(due, chain);
        if (!walk(due, chain, stop))
            return;
    }
    finish(due);
}

/// What the team keeps about the person beside its record.
void Eraser::tidy(const Due& due, TeamId chain) {
    api::SlowCall call(services_, as_system());
    call.transact({chain, UserId{}}, {chain}, [&](api::Call& inner) {
        const db::Args person{{"team_id", chain}, {"person", due.person}};
        const auto sign_ons = inner.tx.query(sql::erasure::delete_sign_ons, person).affected();
        const auto openings = inner.tx.query(sql::erasure::delete_openings, person).affected();
        std::int64_t invitations = 0;
        if (due.sought && chain != platform_team) {
            const auto index = services_.keyring.blind_index(chain, "invitation.email",
                                                             to_lower(trim(due.sought->email)));
            invitations =
                static_cast<std::int64_t>(inner.tx
                                              .query(sql::erasure::delete_invitations,
                                                     {{"team_id", chain}, {"email_index", index}})
                                              .affected());
        }
        shape::Json gone = shape::Array{};
        if (sign_ons > 0)
            gone.push(count_of("sign_ons", static_cast<std::int64_t>(sign_ons)));
        if (openings > 0)
            gone.push(count_of("break_glass", static_cast<std::int64_t>(openings)));
        if (invitations > 0)
            gone.push(count_of("invitations", invitations));
        if (!gone.if_array()->empty())
            inner.record("person.forget", "chain", chain, std::move(gone));
    });
}

/// False when it was interrupted.
bool Eraser::walk(const Due& due, TeamId chain, std::stop_token stop) {
    api::SlowCall call(services_, as_system());
    call.transact({}, {}, [&](api::Call& inner) {
        inner.tx.defer(sql::erasure::begin_chain, {{"id", due.id}, {"chain", chain}});
    });
    while (step(due, chain)) {
        if (stop.stop_requested())
            return false;
    }
    return true;
}

/// Looks at the next events, and erases what has to go of them. False at the end of the chain.
bool Eraser::step(const Due& due, TeamId chain) {
    api::SlowCall call(services_, as_system());
    const db::Args place{{"id", due.id}, {"chain", chain}};
    std::int64_t after = call.transact({}, {}, [&](api::Call& inner) {
        return inner.tx.query_one(sql::erasure::find_progress, place)
            .get<std::int64_t>("after_seq");
    });
    const Bytes own = services_.payload_sealer.prefix({chain, due.person});
    std::vector<audit::Piece> pieces;
    bool at_end = false;
    for (int page = 0; page < pages_at_once && pieces.size() < bodies_at_once && !at_end; ++page) {
        const auto events = call.transact({chain, UserId{}}, {}, [&](api::Call& inner) {
            return audit::list_events_after(inner.tx, services_.payload_sealer, after,
                                            events_at_once);
        });
        for (const audit::EventView& event : events) {
            for (const audit::Part part : parts_to_erase(event, own, due.sought))
                pieces.push_back({event.header.seq, part});
        }
        if (!events.empty())
            after = events.back().header.seq;
        at_end = static_cast<std::int64_t>(events.size()) < events_at_once;
    }
    if (pieces.empty()) {
        call.transact({}, {}, [&](api::Call& inner) {
            inner.tx.defer(sql::erasure::advance,
                           {{"id", due.id}, {"chain", chain}, {"after", after}});
        });
        return !at_end;
    }
    call.transact({chain, UserId{}}, {chain}, [&](api::Call& inner) {
        const auto note = [&, count = static_cast<std::int64_t>(pieces.size())](
                              db::Tx& tx, std::int64_t tombstone) {
            const db::Scope own_scope = tx.scope();
            tx.enter({});
            tx.defer(sql::erasure::note_tombstone, {{"id", due.id},
                                                    {"chain", chain},
                                                    {"after", after},
                                                    {"bodies", count},
                                                    {"tombstone", tombstone}});
            tx.enter(own_scope);
        };
        audit::add_erasure(inner.recorder, chain, {pieces, due.basis}, note);
    });
    return true;
}

/// The key goes before the note of what is due: whoever finds the note again finds nothing left to
/// do but this.
void Eraser::finish(const Due& due) {
    api::SlowCall call(services_, as_system());
    if (due.sought) {
        call.transact({}, {}, [&](api::Call& inner) {
            outbox::withdraw(inner.tx, services_.keyring, due.sought->email);
            const std::vector<Bytes> keys{to_bytes(services_.keyring.system_blind_index(
                "attempt.account", to_lower(trim(due.sought->email))))};
            inner.tx.defer(sql::erasure::delete_attempts, {{"keys", keys}});
        });
    }
    services_.keyring.destroy_key(due.person);
    call.transact({}, {platform_team}, [&](api::Call& inner) {
        inner.tx.defer(sql::erasure::delete_person, {{"person", due.person}});
        inner.tx.defer(sql::erasure::finish, {{"id", due.id}});
        inner.record("person.erased", "erasure", due.id, {});
    });
    log::info("person erased", {{"erasure", to_string(due.id)}});
}

} // namespace atalaya::erasure
