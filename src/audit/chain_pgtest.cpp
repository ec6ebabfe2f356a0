// What the verifier finds when somebody wrote into the record, and what it still vouches for after
// an erasure.
#include "audit/erasure.hpp"
#include "audit/test_audit.hpp"

#include <functional>

namespace atalaya::audit {
namespace {

// The planner knows nothing yet about tables that were filled a moment ago; a chain must not be
// read once for each of its events then.
TEST_F(Audit, ReadsEachPayloadOnceBeforeAnyStatistics) {
    constexpr int count = 300;
    change("first", std::vector<Event>(count, updated()));
    const db::Statement count_reads{
        "test.count_reads",
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as reads "
        "from pg_catalog.pg_stat_xact_all_tables where relid = 'aud.payloads'::regclass",
        {}};
    const auto reads_of = [&](const std::function<void(db::Tx&)>& work) {
        return db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            const auto before = tx.query_one(count_reads).get<std::int64_t>("reads");
            work(tx);
            return tx.query_one(count_reads).get<std::int64_t>("reads") - before;
        });
    };
    EXPECT_EQ(reads_of([&](db::Tx& tx) { verify_chain(tx, sealer_, seal_key_); }), 2 * count);
    EXPECT_EQ(reads_of([&](db::Tx& tx) { list_events(tx, sealer_, newest, count); }), 2 * count);
}

TEST_F(Audit, FindsWhatASuperuserChangedOnTheSide) {
    struct Case {
        std::string reason;
        std::int64_t first_bad;
        std::function<std::string()> sql;
    };
    const Case cases[] = {
        {"the columns differ from the header that was hashed", 2,
         [&] { return "update aud.events set action = 'gadget.look'" + where_team(2); }},
        {"the header is not in canonical form", 2,
         [&] { return "update aud.events set header = header || '\\x00'" + where_team(2); }},
        {"the hash does not match the event", 3,
         [&] {
             return "update aud.events set commits = set_byte(commits, 40, get_byte(commits, 40) # "
                    "1)" +
                    where_team(3);
         }},
        {"the event is not linked to the one before it", 4,
         [&] { return "update aud.events set prev_hash = row_hash" + where_team(4); }},
        {"the seal is not this server's", 1,
         [&] { return "update aud.events set seal = sha256(seal)" + where_team(1); }},
        {"an event is missing or out of order", 2,
         [&] { return "delete from aud.events" + where_team(2); }},
        {"the chain is shorter than its head says", 5,
         [&] { return "delete from aud.events" + where_team(5); }},
        {"the head was rewound: the chain is longer", 5,
         [&] {
             return "update aud.heads set (seq, hash) = (select seq, row_hash from aud.events" +
                    where_team(4).substr(0, where_team(4).size() - 1) + ")" + where_team(5);
         }},
        {"the head has another hash than the last event", 5,
         [&] { return "update aud.heads set hash = prev_hash" + where_team(5); }},
        {"a payload does not open", 3,
         [&] {
             return "update aud.payloads set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # "
                    "1)" +
                    where_team(3);
         }},
        {"a payload does not open", 4, [&] { return "delete from aud.payloads" + where_team(4); }},
        {"a payload does not open", 2, // an event's own payload, put in another's place
         [&] {
             return "update aud.payloads p set sealed = q.sealed from aud.payloads q "
                    "where q.team_id = p.team_id and q.part = p.part and q.seq = 3 and p.team_id = "
                    "'" +
                    to_string(team_) + "' and p.seq = 2;";
         }},
    };
    change("first", std::vector<Event>(5, updated()));
    for (const Case& one : cases) {
        ASSERT_TRUE(verify().ok);
        // In one transaction with its own undoing, so that each case starts from the sound chain.
        database_.as_superuser(
            "create table public.e as table aud.events; create table public.p as "
            "table aud.payloads; create table public.h as table aud.heads;");
        tamper(one.sql());
        const Report report = verify();
        EXPECT_FALSE(report.ok) << one.reason;
        EXPECT_EQ(report.reason, one.reason);
        EXPECT_EQ(report.first_bad, one.first_bad) << one.reason;
        const auto findings = check_chains(connection_, sealer_, seal_key_, {other_team_, team_});
        ASSERT_EQ(findings.size(), 1u);
        EXPECT_EQ(findings[0].team, team_);
        tamper("delete from aud.events; delete from aud.payloads; delete from aud.heads;"
               "insert into aud.events table public.e; insert into aud.payloads table public.p;"
               "insert into aud.heads table public.h; drop table public.e, public.p, public.h;");
    }
}

TEST_F(Audit, FindsABodyThatWentWithoutATombstone) {
    change("first", std::vector<Event>(5, updated()));
    // An event that says something else, the very event, and one that nobody appended.
    for (const char* by : {"5", "3", "6"}) {
        tamper(std::string("update aud.payloads set sealed = null, erased_by_seq = ") + by +
               where_team(3));
        EXPECT_EQ(verify().reason, ChainVerifier::untold_erasure) << by;
        EXPECT_EQ(verify().first_bad, 3) << by;
        EXPECT_EQ(check_chains(connection_, sealer_, seal_key_, {team_}).size(), 1u) << by;
    }
}

TEST_F(Audit, ChecksTheLastLinksOnly) {
    change("first", std::vector<Event>(5, updated()));
    tamper("update aud.events set seal = sha256(seal)" + where_team(1));
    EXPECT_TRUE(verify(4).ok);
    EXPECT_EQ(verify(4).checked, 4);
    EXPECT_FALSE(verify(5).ok);
    EXPECT_FALSE(verify(50).ok);
}

TEST_F(Audit, TeamWithoutAHeadIsAFinding) {
    const TeamId stranger{random_.uuid()};
    const auto findings = check_chains(connection_, sealer_, seal_key_, {team_, stranger});
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].reason, "the chain has no head");
}

TEST_F(Audit, ChainIsOpenedOnceAndInItsOwnScope) {
    EXPECT_THROW(
        db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) { open_chain(tx, team_); }),
        db::Error);
    const TeamId fresh{random_.uuid()};
    EXPECT_THROW(
        db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) { open_chain(tx, fresh); }),
        db::Error);
}

TEST_F(Audit, HoldsAfterAPersonsKeyIsDestroyed) {
    change("first");
    keyring_->destroy_key(ada_);
    const Report report = verify();
    EXPECT_TRUE(report.ok) << report.reason;
    EXPECT_EQ(report.unopened, 1);
    EXPECT_EQ(list().at(0).subject, std::nullopt);
    EXPECT_EQ(list().at(0).detail_text("name"), "Left door");
}

TEST_F(Audit, EventsAboutAPersonGoWithThatPersonsKey) {
    const UserId bob{random_.uuid()};
    keyring_->create_key(bob);
    Event event{.action = "member.rename",
                .resource_type = "member",
                .resource_id = bob,
                .resource_name = "Bob",
                .person = bob};
    change("first", {event});
    EXPECT_TRUE(list().at(0).header.resource_id.is_nil());
    EXPECT_EQ(list().at(0).detail_text("person"), to_string(bob));
    keyring_->destroy_key(bob);
    EXPECT_EQ(list().at(0).detail, std::nullopt);
    EXPECT_EQ(list().at(0).subject_text("name"), "Ada");
    EXPECT_TRUE(verify().ok);
}

TEST_F(Audit, ErasesAPayloadWithATombstoneOnly) {
    change("first");
    const auto erase = [&](std::string_view action) {
        db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
            Event event{.action = std::string(action)};
            event.changes.push(
                shape::json_object({{"field", "who"}, {"before", nullptr}, {"after", "1"}}));
            recorder.add(team_, std::move(event));
            recorder.append_to(tx);
            erase_payloads(tx, {{1, Part::subject}}, 2);
            tx.commit();
            recorder.committed();
        });
    };
    EXPECT_THROW(erase("audit.something"), db::Error);
    erase("audit.tombstone");
    const Report report = verify();
    EXPECT_TRUE(report.ok) << report.reason;
    EXPECT_EQ(report.erased, 1);
    const auto views = list();
    EXPECT_TRUE(views.at(1).is_erased());
    EXPECT_EQ(views.at(1).subject, std::nullopt);
    EXPECT_FALSE(views.at(0).is_erased());
    // A tombstone of an earlier transaction permits nothing more.
    EXPECT_TRUE(refusal("update aud.payloads set sealed = null, erased_by_seq = 2" + where_team(2))
                    .starts_with("42501"));
}

TEST_F(Audit, AnErasureNamesWhatItTakesAndTakesAllOrNothing) {
    change("first", std::vector<Event>(4, updated()));
    std::int64_t by = 0;
    const auto erase = [&](std::vector<Piece> pieces) {
        db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
            add_erasure(recorder, team_, {pieces, ErasureBasis::objection, "asked for"},
                        [&](db::Tx&, std::int64_t seq) { by = seq; });
            recorder.append_to(tx);
            tx.commit();
            recorder.committed();
        });
    };
    erase({{1, Part::subject}, {2, Part::subject}, {4, Part::detail}});
    EXPECT_EQ(by, 5);
    EXPECT_TRUE(verify().ok) << verify().reason;
    EXPECT_EQ(verify().erased, 3);
    const auto views = list();
    EXPECT_EQ(views.at(0).header.action, "audit.tombstone");
    EXPECT_EQ(shape::write_json(views.at(0).changes()),
              R"([{"field":"basis","before":null,"after":"objection"},)"
              R"({"field":"note","before":null,"after":"asked for"},)"
              R"({"field":"who","before":null,"after":"1-2"},)"
              R"({"field":"what","before":null,"after":"4"}])");
    EXPECT_EQ(views.at(4).erased_by, (std::array<std::int64_t, 2>{5, 0}));
    // One that is gone already: the others stay, and there is no event either.
    EXPECT_THROW(erase({{2, Part::subject}, {3, Part::subject}}), Problem);
    EXPECT_EQ(verify().checked, 5);
    EXPECT_EQ(verify().erased, 3);
    // Nor does a tombstone cover what it does not name.
    tamper("update aud.payloads set sealed = null, erased_by_seq = 5" + where_team(3));
    EXPECT_EQ(verify().reason, ChainVerifier::untold_erasure);
}

} // namespace
} // namespace atalaya::audit
