#include "audit/checkpoints.hpp"

#include "audit/reader.hpp"
#include "audit_sql.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::int64_t hashes_at_once = 10'000;

} // namespace

std::vector<StoredCheckpoint> list_checkpoints(db::Tx& tx, std::int64_t before, std::int64_t limit,
                                               std::int16_t lane) {
    std::vector<StoredCheckpoint> out;
    for (const db::Row row : tx.query(sql::audit::list_checkpoints,
                                      {{"lane", lane}, {"before", before}, {"limit", limit}}))
        out.push_back(
            {row.get<std::int64_t>("size"), row.get<Hash>("root"), row.get<Hash>("row_hash"),
             row.get<std::string>("note"), row.get<std::string>("vkey"),
             row.get<std::optional<std::int64_t>>("log_index"), row.get<Time>("made_at")});
    return out;
}

std::optional<StoredCheckpoint> find_checkpoint(db::Tx& tx, std::int64_t size) {
    auto found = list_checkpoints(tx, size + 1, 1);
    if (found.empty() || found.front().size != size)
        return std::nullopt;
    return std::move(found.front());
}

void add_cosignature(db::Tx& tx, const StoredCheckpoint& checkpoint, const NoteKey& witness,
                     const NoteSignature& signature) {
    tx.query(sql::audit::insert_cosignature,
             {{"team_id", tx.scope().team},
              {"size", checkpoint.size},
              {"vkey", checkpoint.vkey},
              {"witness", to_vkey(witness)},
              {"line", to_line(signature)},
              {"cosigned_at", cosigned_at(signature).value_or(Time{})}});
}

std::vector<StoredStamp> list_stamps(db::Tx& tx, std::int64_t before, std::int64_t limit) {
    std::vector<StoredStamp> out;
    for (const db::Row row :
         tx.query(sql::audit::list_stamps, {{"before", before}, {"limit", limit}})) {
        StoredStamp one{row.get<std::int64_t>("size"),
                        row.get<std::string>("vkey"),
                        row.get<Time>("stamped_at"),
                        {}};
        one.stamp.index = row.get<std::int64_t>("place");
        one.stamp.size = row.get<std::int64_t>("tree_size");
        Reader proof(row.get<BytesView>("proof"));
        while (proof.left() >= sizeof(Hash)) {
            const BytesView hash = proof.raw(sizeof(Hash));
            std::copy(hash.begin(), hash.end(), one.stamp.hashes.emplace_back().begin());
        }
        one.stamp.token = row.get<Bytes>("token");
        auto note = parse_note(row.get<std::string>("note"));
        if (!note)
            continue; // the signer did not write this; it says so itself
        one.stamp.checkpoint = std::move(*note);
        out.push_back(std::move(one));
    }
    return out;
}

void add_stamp(db::Tx& tx, const StoredStamp& stamp) {
    Writer proof;
    for (const Hash& hash : stamp.stamp.hashes)
        proof.raw(hash);
    tx.query(sql::audit::insert_stamp, {{"team_id", tx.scope().team},
                                        {"size", stamp.size},
                                        {"vkey", stamp.vkey},
                                        {"stamped_at", stamp.at},
                                        {"place", stamp.stamp.index},
                                        {"tree_size", stamp.stamp.size},
                                        {"proof", proof.bytes()},
                                        {"token", stamp.stamp.token}});
}

std::vector<Note> list_rotations(db::Tx& tx) {
    std::vector<Note> out;
    for (const db::Row row : tx.query(sql::audit::list_rotations)) {
        if (auto note = parse_note(row.get<std::string>("note")))
            out.push_back(std::move(*note));
    }
    return out;
}

SignerStanding judge_signer(db::Tx& tx, std::int64_t head_seq, Time now, Micros patience) {
    SignerStanding out;
    out.last = find_newest_checkpoint(tx);
    const std::int64_t size = out.last ? out.last->size : 0;
    if (const auto oldest = tx.query_optional(sql::audit::find_time_of, {{"seq", size + 1}});
        oldest && size < head_seq) {
        out.unsigned_since = oldest->get<Time>("occurred_at");
        if (*out.unsigned_since + patience < now)
            out.state = SignerStanding::State::late;
    }
    if (const auto alarm = tx.query_optional(sql::audit::find_alarm)) {
        out.state = SignerStanding::State::refused;
        out.reason = alarm->get<std::string>("reason");
        out.bad_seq = alarm->get<std::int64_t>("seq");
    }
    return out;
}

std::string find_contradiction(db::Tx& tx, std::int64_t size, const Hash& row_hash) {
    if (size == 0)
        return {};
    const auto head = find_head(tx);
    const std::int64_t end = head ? head->seq : 0;
    if (end < size)
        return "the chain ends at " + std::to_string(end) + ", and a checkpoint of " +
               std::to_string(size) + " events was signed: this is an older state of it";
    if (find_row_hash(tx, size) != row_hash)
        return "event " + std::to_string(size) + " has another hash than in the checkpoint of " +
               std::to_string(size) + " events";
    return {};
}

SubtreeHash subtree_hash(db::Tx& tx) {
    return [&tx](std::int64_t begin, std::int64_t end) {
        Frontier frontier;
        // Entry 0 is event 1.
        for (std::int64_t after = begin; after < end;) {
            const auto rows =
                tx.query(sql::audit::list_row_hashes,
                         {{"after", after}, {"until", end}, {"limit", hashes_at_once}});
            if (rows.empty())
                break;
            for (const db::Row row : rows) {
                frontier.append(row.get<Hash>("row_hash"));
                after = row.get<std::int64_t>("seq");
            }
        }
        return frontier.root();
    };
}

} // namespace atalaya::audit
