#include "audit/signer_desk.hpp"

#include "audit_sql.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

ChainName read_name(const db::Row& row) {
    return {row.get<TeamId>("team_id"), row.get<std::int16_t>("lane")};
}

} // namespace

std::vector<SignerHead> list_signer_heads(db::Connection& connection) {
    return db::transact(connection, {}, [](db::Tx& tx) {
        std::vector<SignerHead> out;
        for (const db::Row row : tx.query(sql::audit::signer_heads))
            out.push_back({read_name(row), row.get<std::int64_t>("seq"), row.get<Hash>("hash"),
                           row.get<std::int64_t>("published"),
                           row.get<std::optional<Hash>>("published_root")});
        return out;
    });
}

std::vector<SignerRow> list_signer_rows(db::Connection& connection,
                                        const std::vector<SignerWish>& wishes, std::int64_t most) {
    std::vector<TeamId> teams;
    std::vector<std::int64_t> lanes, froms;
    for (const SignerWish& wish : wishes) {
        teams.push_back(wish.chain.team);
        lanes.push_back(wish.chain.lane);
        froms.push_back(wish.from);
    }
    return db::transact(connection, {}, [&](db::Tx& tx) {
        std::vector<SignerRow> out;
        for (const db::Row row :
             tx.query(sql::audit::signer_rows,
                      {{"teams", teams}, {"lanes", lanes}, {"froms", froms}, {"most", most}})) {
            SignerRow one{read_name(row), row.get<std::int64_t>("seq"), {}};
            one.link.header = row.get<Bytes>("header");
            const auto commits = row.get<Bytes>("commits");
            for (std::size_t at = 0; at + sizeof(Hash) <= commits.size(); at += sizeof(Hash)) {
                Hash commit{};
                std::copy_n(commits.begin() + static_cast<std::ptrdiff_t>(at), commit.size(),
                            commit.begin());
                one.link.commits.push_back(commit);
            }
            one.link.previous = row.get<Hash>("prev_hash");
            one.link.row_hash = row.get<Hash>("row_hash");
            out.push_back(std::move(one));
        }
        return out;
    });
}

void publish(db::Connection& connection, const std::vector<SignedCheckpoint>& checkpoints,
             const std::vector<SignerAlarm>& alarms) {
    struct Columns {
        std::vector<TeamId> teams;
        std::vector<std::int64_t> lanes, numbers, indexes;
        std::vector<Bytes> roots, hashes;
        std::vector<std::string> texts, vkeys;
    } made, raised;
    for (const SignedCheckpoint& one : checkpoints) {
        made.teams.push_back(one.chain.team);
        made.lanes.push_back(one.chain.lane);
        made.numbers.push_back(one.size);
        made.roots.push_back(to_bytes(BytesView(one.root)));
        made.hashes.push_back(to_bytes(BytesView(one.row_hash)));
        made.texts.push_back(one.note);
        made.vkeys.push_back(one.vkey);
        made.indexes.push_back(one.log_index);
    }
    for (const SignerAlarm& one : alarms) {
        raised.teams.push_back(one.chain.team);
        raised.lanes.push_back(one.chain.lane);
        raised.numbers.push_back(one.seq);
        raised.texts.push_back(one.reason);
    }
    db::transact(connection, {}, [&](db::Tx& tx) {
        if (!checkpoints.empty())
            tx.query(sql::audit::publish_checkpoints, {{"teams", made.teams},
                                                       {"lanes", made.lanes},
                                                       {"sizes", made.numbers},
                                                       {"roots", made.roots},
                                                       {"row_hashes", made.hashes},
                                                       {"notes", made.texts},
                                                       {"vkeys", made.vkeys},
                                                       {"log_indexes", made.indexes}});
        tx.query(sql::audit::set_alarms, {{"teams", raised.teams},
                                          {"lanes", raised.lanes},
                                          {"seqs", raised.numbers},
                                          {"reasons", raised.texts}});
    });
}

void publish_rotations(db::Connection& connection, const std::vector<Note>& rotations) {
    std::vector<std::string> notes;
    for (const Note& note : rotations)
        notes.push_back(to_text(note));
    db::transact(connection, {}, [&](db::Tx& tx) {
        tx.query(sql::audit::publish_rotations, {{"notes", notes}});
    });
}

bool run_round(db::Connection& connection, Signer& signer,
               const std::function<void(const SignerState&)>& keep,
               const std::function<void(const SignedCheckpoint&)>& anchor, std::int64_t rows_most) {
    const auto now = Signer::Clock::now();
    const auto wishes = signer.look(list_signer_heads(connection), now);
    bool cut_off = false;
    if (!wishes.empty()) {
        const auto rows = list_signer_rows(connection, wishes, rows_most);
        cut_off = static_cast<std::int64_t>(rows.size()) >= rows_most;
        signer.take(rows, wishes, cut_off, now);
    }
    if (signer.moved())
        keep(signer.state());
    const auto checkpoints = signer.take_checkpoints();
    publish(connection, checkpoints, signer.alarms());
    for (const SignedCheckpoint& one : checkpoints) {
        if (anchor && one.chain.lane == log_lane)
            anchor(one);
    }
    return !cut_off;
}

} // namespace atalaya::audit
