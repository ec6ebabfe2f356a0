#include "audit/checkpoints.hpp"
#include "audit/rotation.hpp"
#include "audit/signer_desk.hpp"
#include "audit/test_audit.hpp"

namespace atalaya::audit {
namespace {

class SignerDesk : public Audit {
  protected:
    db::Connection desk_{database_.options("atalaya_signer")};
    Signer signer_{Secret(Bytes(32, 3)), {"example.com/1", {}, {}}, true, std::chrono::seconds(0)};
    int kept_ = 0;

    void round(std::int64_t most = signer_rows_max) {
        while (!run_round(
            desk_, signer_, [&](const SignerState&) { ++kept_; }, {}, most)) {
        }
    }
    std::int64_t newest(const TeamId& team, int lane = 0) {
        return std::stoll(
            database_
                .value("select coalesce(max(size), 0) from aud.checkpoints where team_id = '" +
                       to_string(team) + "' and lane = " + std::to_string(lane))
                .value());
    }
    std::string alarm() {
        return database_.value("select seq || ' ' || reason from aud.alarms").value_or("");
    }
};

TEST_F(SignerDesk, SignsEachChainThatMoved) {
    for (int i = 0; i < 7; ++i)
        change("n");
    round(3); // a backlog, piece by piece
    EXPECT_EQ(newest(team_), 7);
    EXPECT_EQ(newest(other_team_), 0);
    EXPECT_GE(newest(platform_team, log_lane), 1);
    const int kept = kept_;
    round();
    EXPECT_EQ(kept_, kept); // nothing moved: nothing written
    change("n");
    round();
    EXPECT_EQ(newest(team_), 8);
    EXPECT_EQ(alarm(), "");
    // What lies there is what the chain says.
    std::vector<Hash> rows;
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        for (const Link& link : list_links(tx, sealer_, 0, 100))
            rows.push_back(link.row_hash);
    });
    const auto note = database_.value("select note from aud.checkpoints where size = 8");
    EXPECT_EQ(parse_checkpoint(parse_note(note.value()).value().text).value().root,
              merkle_root(rows));
}

TEST_F(SignerDesk, RefusesWhatASuperuserDid) {
    for (int i = 0; i < 6; ++i)
        change("n");
    round();
    tamper("delete from aud.events" + where_team(6));
    tamper("update aud.heads h set seq = 5, hash = e.row_hash from aud.events e "
           "where e.team_id = h.team_id and h.team_id = '" +
           to_string(team_) + "' and e.seq = 5;");
    round();
    EXPECT_TRUE(alarm().starts_with("6 the chain ends at 5")) << alarm();
    tamper("delete from aud.heads where team_id = '" + to_string(team_) + "';");
    round();
    EXPECT_EQ(alarm(), "0 the chain has no head any more");
    EXPECT_EQ(newest(team_), 6);
}

TEST_F(SignerDesk, TellsHowFarTheChainIsSigned) {
    const auto stand = [&](Micros later) {
        return db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            return judge_signer(tx, find_head(tx)->seq, clock_.now() + later, signer_patience);
        });
    };
    using State = SignerStanding::State;
    EXPECT_EQ(stand({}).state, State::current);
    change("n");
    EXPECT_EQ(stand({}).state, State::current);
    EXPECT_TRUE(stand({}).unsigned_since);
    EXPECT_EQ(stand(signer_patience + Micros(1)).state, State::late);
    round();
    EXPECT_EQ(stand(signer_patience + Micros(1)).state, State::current);
    EXPECT_EQ(stand({}).last->size, 1);
    EXPECT_FALSE(stand({}).unsigned_since);
    tamper("delete from aud.events" + where_team(1) +
           "update aud.heads set seq = 0 where team_id = '" + to_string(team_) + "';");
    round();
    EXPECT_EQ(stand({}).state, State::refused);
    EXPECT_EQ(stand({}).bad_seq, 1);
}

TEST_F(SignerDesk, AnOlderStateContradictsWhatWasSigned) {
    for (int i = 0; i < 5; ++i)
        change("n");
    round();
    const auto contradiction = [&](std::int64_t size, const Hash& hash) {
        return db::transact(connection_, {team_, ada_},
                            [&](db::Tx& tx) { return find_contradiction(tx, size, hash); });
    };
    const SignedChain& chain = signer_.state().chains.at({team_, 0});
    EXPECT_EQ(contradiction(0, {}), "");
    EXPECT_EQ(contradiction(5, chain.last), "");
    EXPECT_TRUE(
        contradiction(6, chain.last).starts_with("the chain ends at 5, and a checkpoint of 6"));
    EXPECT_TRUE(contradiction(4, chain.last).starts_with("event 4 has another hash"));
}

TEST_F(SignerDesk, KeepsStampsBesideTheirCheckpoints) {
    change("n");
    round();
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        const auto checkpoint = find_newest_checkpoint(tx);
        ASSERT_TRUE(checkpoint);
        StoredStamp stamp{checkpoint->size, checkpoint->vkey, clock_.now(), {}};
        stamp.stamp = {1, 2, {Hash{1}, Hash{2}}, Bytes{1, 2, 3}, *parse_note(checkpoint->note)};
        for (int again = 0; again < 2; ++again)
            add_stamp(tx, stamp);
        const auto kept = list_stamps(tx, any_size, 10);
        ASSERT_EQ(kept.size(), 1u);
        EXPECT_EQ(kept[0].stamp, stamp.stamp);
        EXPECT_EQ(kept[0].at, stamp.at);
        EXPECT_TRUE(list_stamps(tx, checkpoint->size, 10).empty());
    });
    db::transact(connection_, {other_team_, ada_},
                 [&](db::Tx& tx) { EXPECT_TRUE(list_stamps(tx, any_size, 10).empty()); });
}

TEST_F(SignerDesk, PublishesChangesOfItsKeyOnceAndForAll) {
    const Note first =
        sign_rotation("example.com/1", Secret(Bytes(32, 3)), Secret(Bytes(32, 4)), clock_.now(), 1);
    const Note second =
        sign_rotation("example.com/1", Secret(Bytes(32, 4)), Secret(Bytes(32, 5)), clock_.now(), 2);
    publish_rotations(desk_, {first});
    publish_rotations(desk_, {first, second});
    for (const TeamId& team : {team_, other_team_})
        db::transact(connection_, {team, ada_}, [&](db::Tx& tx) {
            EXPECT_EQ(list_rotations(tx), (std::vector<Note>{first, second}));
        });
    EXPECT_THROW(publish_rotations(connection_, {first}), db::Error);
    EXPECT_ANY_THROW(database_.as_superuser("delete from glob.signer_rotations"));
    change("n");
    round();
    signer_.change_key(Secret(Bytes(32, 4)));
    change("n");
    round();
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        const auto stored = list_checkpoints(tx, any_size, 10);
        ASSERT_EQ(stored.size(), 2u);
        const auto history = KeyHistory::from(list_rotations(tx));
        EXPECT_EQ(history->age_of(*parse_vkey(stored[0].vkey)), 1);
        EXPECT_EQ(history->age_of(*parse_vkey(stored[1].vkey)), 0);
    });
}

TEST_F(SignerDesk, ProvesEveryEventAndEveryBeginning) {
    for (int i = 0; i < 7; ++i)
        change("n");
    round();
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        const auto hash = subtree_hash(tx);
        const auto checkpoint = find_newest_checkpoint(tx);
        ASSERT_TRUE(checkpoint);
        EXPECT_EQ(find_checkpoint(tx, 7)->note, checkpoint->note);
        EXPECT_FALSE(find_checkpoint(tx, 6));
        EXPECT_EQ(hash(0, 7), checkpoint->root);
        for (const Link& link : list_links(tx, sealer_, 0, 100)) {
            const std::int64_t index = link.columns->seq - 1;
            EXPECT_TRUE(verify_inclusion(leaf_hash(link.row_hash), index, 7,
                                         inclusion_proof(index, 7, hash), checkpoint->root));
            EXPECT_TRUE(verify_consistency(index, hash(0, index), 7, checkpoint->root,
                                           consistency_proof(index, 7, hash)));
        }
    });
}

TEST_F(SignerDesk, ReachesNothingButItsFunctions) {
    for (const char* sql : {"select * from aud.events", "select * from aud.payloads",
                            "select * from aud.heads", "select * from aud.checkpoints",
                            "insert into aud.alarms values (gen_random_uuid(), 0, 1, 'x')",
                            "select * from app.gadgets", "select aud.open_chain(gen_random_uuid())",
                            "set role atalaya_app"}) {
        EXPECT_THROW(database_.as("atalaya_signer", sql), db::Error) << sql;
    }
    // Nobody signs in its place, and what it signed stays.
    EXPECT_THROW(database_.as("atalaya_app", "select * from aud.signer_heads()"), db::Error);
    EXPECT_THROW(database_.as("atalaya_app", "select aud.set_alarms('{}', '{}', '{}', '{}')"),
                 db::Error);
    change("n");
    round();
    EXPECT_NE(refusal("update aud.checkpoints set note = 'x'"), "none");
    EXPECT_NE(refusal("delete from aud.checkpoints"), "none");
    EXPECT_NE(refusal("truncate aud.checkpoints"), "none");
}

} // namespace
} // namespace atalaya::audit
