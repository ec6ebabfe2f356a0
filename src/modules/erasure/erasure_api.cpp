#include "api/identities.hpp"
#include "base/text.hpp"
#include "erasure_sql.hpp"
#include "modules/erasure/erasure.hpp"
#include "shape/complete.hpp"

namespace atalaya::erasure {

/// Why an operator erases somebody.
struct Grounds {
    audit::ErasureBasis basis{};
    std::string note;
};

/// What was erased in one chain.
struct ChainReceipt {
    Uuid chain;
    std::int64_t bodies = 0;
    std::vector<std::int64_t> tombstones;
};

/// What an erasure has come to. It names nobody.
struct ErasureReceipt {
    Uuid id;
    std::string state;
    audit::ErasureBasis basis{};
    bool by_operator = false;
    Time asked_at;
    std::optional<Time> done_at;
    std::int64_t bodies = 0;
    std::vector<ChainReceipt> chains;
};

} // namespace atalaya::erasure

namespace atalaya::shape {
template <>
struct Described<erasure::ChainReceipt> {
    static const Shape shape;
};
} // namespace atalaya::shape

namespace atalaya::erasure {
namespace {

using api::Audience;
using api::endpoint;
using api::Verb;
using shape::field;
using shape::names_every_member;

constexpr std::array grounds_fields{
    field<&Grounds::basis>("basis", "On what ground."),
    field<&Grounds::note>("note", "Why, in a line that stays on the platform's record.",
                          shape::length(0, 500)),
};
static_assert(names_every_member<Grounds>(grounds_fields));

constexpr std::array chain_fields{
    field<&ChainReceipt::chain>("chain", "The chain: a team's id, or nil for the platform's own."),
    field<&ChainReceipt::bodies>("bodies", "How many bodies of events were erased there."),
    field<&ChainReceipt::tombstones>("tombstones", "Numbers of the events that say so."),
};
static_assert(names_every_member<ChainReceipt>(chain_fields));

constexpr std::array receipt_fields{
    field<&ErasureReceipt::id>("id", "The erasure; whoever knows it may read this receipt."),
    field<&ErasureReceipt::state>("state", "under_way or done."),
    field<&ErasureReceipt::basis>("basis", "On what ground."),
    field<&ErasureReceipt::by_operator>("by_operator", "Whether an operator asked for it."),
    field<&ErasureReceipt::asked_at>("asked_at", "Since when the account is shut."),
    field<&ErasureReceipt::done_at>("done_at", "When the last of it was gone, the key included."),
    field<&ErasureReceipt::bodies>("bodies", "How many bodies of events were erased so far."),
    field<&ErasureReceipt::chains>("chains", "In which chains, and by which events."),
};
static_assert(names_every_member<ErasureReceipt>(receipt_fields));

} // namespace
} // namespace atalaya::erasure

namespace atalaya::shape {
template <>
struct Described<erasure::Grounds> {
    static const Shape shape;
};
template <>
struct Described<erasure::ErasureReceipt> {
    static const Shape shape;
};
const Shape Described<erasure::Grounds>::shape{"ErasureGrounds", erasure::grounds_fields};
const Shape Described<erasure::ChainReceipt>::shape{"ErasureChain", erasure::chain_fields};
const Shape Described<erasure::ErasureReceipt>::shape{"ErasureReceipt", erasure::receipt_fields};
} // namespace atalaya::shape

namespace atalaya::erasure {
namespace {

ErasureReceipt read_receipt(db::Tx& tx, const Uuid& id) {
    const auto row = tx.query_optional(sql::erasure::find_erasure, {{"id", id}});
    if (!row)
        throw Problem(problems::not_found);
    ErasureReceipt out;
    out.id = id;
    out.basis = shape::parse_enum<audit::ErasureBasis>(row->get<std::string>("basis")).value();
    out.by_operator = row->get<bool>("by_operator");
    out.asked_at = row->get<Time>("asked_at");
    out.done_at = row->get<std::optional<Time>>("done_at");
    out.state = out.done_at ? "done" : "under_way";
    for (const db::Row chain : tx.query(sql::erasure::list_chains, {{"id", id}})) {
        out.chains.push_back({chain.get<Uuid>("chain_id"), chain.get<std::int64_t>("bodies"),
                              chain.get<std::vector<std::int64_t>>("tombstones")});
        out.bodies += out.chains.back().bodies;
    }
    return out;
}

ErasureReceipt begin_for(api::Call& call, const Order& order) {
    api::Services& services = call.services;
    const Uuid id = begin({call.tx, call.recorder, services.keyring, services.random}, order);
    call.after_commit([&identities = services.identities, person = order.person] {
        identities.forget_user(person);
    });
    return read_receipt(call.tx, id);
}

ErasureReceipt erase_me(api::Call& call) {
    return begin_for(call, {call.caller().user, audit::ErasureBasis::consent_withdrawn, {}, false});
}

api::Created<ErasureReceipt> erase_user(api::Call& call, const Grounds& in) {
    const auto person = call.path().id<UserId>("user");
    if (person == call.caller().user)
        throw Problem(problems::conflict).detail("Erase your own account in your own settings.");
    return {begin_for(call, {person, in.basis, std::string(trim(in.note)), true})};
}

ErasureReceipt get_receipt(api::Call& call) {
    return read_receipt(call.tx, call.path().uuid("erasure"));
}

constexpr std::array table{
    endpoint<erase_me>(Verb::del, "/me", Audience::signed_in, std::nullopt,
                       "Erase the own account and what the record says of the person, for good; "
                       "gives the receipt, which fills while it is under way.")
        .with_step_up(),
    endpoint<erase_user>(Verb::post, "/admin/users/{user}/erasure", Audience::operator_only,
                         std::nullopt,
                         "Erase an account and what the record says of the person, for good.")
        .with_step_up(),
    endpoint<get_receipt>(Verb::get, "/erasures/{erasure}", Audience::anyone, std::nullopt,
                          "The receipt of an erasure, for whoever knows its id."),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::erasure
