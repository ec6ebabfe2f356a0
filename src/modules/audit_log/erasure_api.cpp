#include "modules/audit_log/erasure_api.hpp"

#include "base/text.hpp"

namespace atalaya::audit_log {

api::NoContent erase_event(api::Call& call, const ErasureWish& wish) {
    const auto seq = parse_integer(call.path().text("seq"));
    const auto event =
        seq ? audit::find_event(call.tx, call.services.payload_sealer, *seq) : std::nullopt;
    if (!event)
        throw Problem(problems::not_found);
    if (event->header.action == audit::tombstone_action)
        throw Problem(problems::conflict)
            .detail("This event says that something was erased, and stays.");
    audit::Erasure erasure{{}, wish.basis, std::string(trim(wish.note))};
    for (const auto& [part, kept] : {std::pair(audit::Part::subject, ErasedBody::what),
                                     {audit::Part::detail, ErasedBody::who}}) {
        if (wish.body != kept && event->erased_by[static_cast<std::size_t>(part)] == 0)
            erasure.pieces.push_back({*seq, part});
    }
    if (erasure.pieces.empty())
        throw Problem(problems::conflict).detail("This was erased before.");
    audit::add_erasure(call.recorder, call.team(), std::move(erasure));
    return {};
}

} // namespace atalaya::audit_log
