#include "audit/erasure.hpp"

#include "audit/search_index.hpp"
#include "audit/stretches.hpp"
#include "audit_sql.hpp"

#include <algorithm>
#include <set>

namespace atalaya::audit {
namespace {

shape::Json entry(std::string_view field, shape::Json after) {
    return shape::json_object({{"field", field}, {"before", nullptr}, {"after", std::move(after)}});
}

std::vector<std::int64_t> seqs_of(const std::vector<Piece>& pieces, Part part) {
    std::vector<std::int64_t> out;
    for (const Piece& piece : pieces) {
        if (piece.part == part)
            out.push_back(piece.seq);
    }
    std::ranges::sort(out);
    return out;
}

} // namespace

void add_erasure(Recorder& recorder, const TeamId& team, Erasure erasure,
                 const Recorder::Then& then) {
    Event event;
    event.action = tombstone_action;
    event.resource_type = "chain";
    event.resource_id = team;
    event.changes = shape::Array{entry("basis", shape::Json(shape::enum_name(erasure.basis)))};
    if (!erasure.note.empty())
        event.changes.push(entry("note", erasure.note));
    for (const auto& [part, name] :
         {std::pair(Part::subject, named_subjects), {Part::detail, named_details}}) {
        const auto seqs = seqs_of(erasure.pieces, part);
        if (!seqs.empty())
            event.changes.push(entry(name, write_stretches(seqs)));
    }
    recorder.add(team, std::move(event),
                 [pieces = std::move(erasure.pieces), then](db::Tx& tx, std::int64_t seq) {
                     erase_payloads(tx, pieces, seq);
                     if (then)
                         then(tx, seq);
                 });
}

void erase_payloads(db::Tx& tx, const std::vector<Piece>& pieces, std::int64_t by_seq) {
    std::vector<std::int64_t> seqs, of_part;
    std::set<std::int64_t> blocks;
    for (const Piece& piece : pieces) {
        seqs.push_back(piece.seq);
        of_part.push_back(static_cast<std::int64_t>(piece.part));
        blocks.insert(block_of(piece.seq));
    }
    forget_blocks(tx, {blocks.begin(), blocks.end()});
    tx.defer(sql::audit::tombstone, {{"seqs", seqs}, {"parts", of_part}, {"by_seq", by_seq}});
}

} // namespace atalaya::audit
