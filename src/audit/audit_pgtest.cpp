#include "audit/test_audit.hpp"
#include "audit_sql.hpp"
#include "base/text.hpp"
#include "db_sql.hpp"

namespace atalaya::pgtest {
db::MigrationLists migrations() { return {sql::db::migrations, sql::audit::migrations}; }
} // namespace atalaya::pgtest

namespace atalaya::audit {
namespace {

TEST_F(Audit, DatabaseGivesThePublishedVectors) {
    const TeamId chain{parse_uuid("11111111-1111-1111-1111-111111111111").value()};
    constexpr std::string_view bodies[] = {
        R"({"actor":"u1","email":"a@example.com","ip":"203.0.113.45"})",
        R"({"before":{"threshold":85},"after":{"threshold":90}})"};
    std::vector<std::string> rows;
    db::transact(connection_, {chain, UserId{}}, [&](db::Tx& tx) {
        open_chain(tx, chain);
        for (std::int64_t seq = 1; seq <= 3; ++seq) {
            Uuid event_id;
            event_id.bytes[15] = static_cast<std::uint8_t>(seq);
            Writer commits;
            for (const Part part : parts) {
                const auto index = static_cast<std::size_t>(part);
                Salt salt;
                salt.fill(static_cast<std::uint8_t>(16 * static_cast<std::size_t>(seq) + index));
                commits.raw(commit(salt, part, chain, seq, as_bytes(bodies[index])));
            }
            const auto rows_back = tx.query(
                sql::audit::append,
                {{"seq", seq},
                 {"event_id", event_id},
                 {"occurred_at_us", 1767225600000000 + seq},
                 {"action", "monitor.update"},
                 {"outcome", 0},
                 {"actor_kind", 1},
                 {"resource_type", "monitor"},
                 {"resource_id", parse_uuid("00000000-0000-0000-0000-000000000abc").value()},
                 {"commits", commits.bytes()},
                 {"subject", Bytes{0}},
                 {"detail", Bytes{0}},
                 {"seal", Hash{}}});
            rows.push_back(to_hex(rows_back[0].get<Hash>("row_hash")));
        }
    });
    EXPECT_EQ(rows[0], "2a805939be8eb259f41f199625ff315d443686cb0068c0a482896d2ccb0eff12");
    EXPECT_EQ(rows[1], "4b1fed6530496d5d93d805609101bc311452767c94651bfea8a6c62924b0ec79");
    EXPECT_EQ(rows[2], "18eb34d9e225e2bfbd960608e7598921307ee8cb7f3d4e6b73f240f802884b31");
}

// Only aud.append checks what goes into the record, since nothing else may write there.
TEST_F(Audit, DatabaseRefusesWhatIsNotAnEvent) {
    const auto attempt = [&](const db::Arg& change) {
        db::Args args;
        bool changed = false;
        const db::Arg good[] = {{"seq", 1},
                                {"event_id", random_.uuid()},
                                {"occurred_at_us", 1},
                                {"action", "a"},
                                {"outcome", 0},
                                {"actor_kind", 0},
                                {"resource_type", ""},
                                {"resource_id", Uuid{}},
                                {"commits", Bytes(64)},
                                {"subject", Bytes{1}},
                                {"detail", Bytes{1}},
                                {"seal", Hash{}}};
        for (const db::Arg& arg : good) {
            args.add(arg.name, arg.name == change.name ? change.value : arg.value);
            changed = changed || arg.name == change.name;
        }
        CHECK(changed);
        db::Tx tx(connection_, {team_, ada_});
        try {
            tx.query(sql::audit::append, args);
        } catch (const db::Error& error) {
            return error.sqlstate();
        }
        return std::string("accepted");
    };
    EXPECT_EQ(attempt({"seq", 1}), "accepted");
    EXPECT_EQ(attempt({"seq", 2}), "AT001");
    EXPECT_EQ(attempt({"seq", 0}), "AT001");
    const db::Arg bad[] = {{"action", ""},
                           {"action", "A"},
                           {"action", "a\nb"},
                           {"action", std::string(65, 'a')},
                           {"action", std::nullopt},
                           {"outcome", 3},
                           {"outcome", -1},
                           {"actor_kind", 256},
                           {"resource_type", "Server"},
                           {"resource_id", std::nullopt},
                           {"commits", Bytes(63)},
                           {"commits", std::nullopt},
                           {"subject", std::nullopt},
                           {"detail", std::nullopt},
                           {"seal", Bytes(31)},
                           {"seal", std::nullopt}};
    for (const db::Arg& one : bad)
        EXPECT_EQ(attempt(one), "22023") << one.name;
}

TEST_F(Audit, ChangeAndItsEventsAreOneRoundTrip) {
    change("first"); // reads the head, prepares the statements
    const auto before = connection_.round_trips();
    const auto receipts = change("second", {updated(), updated()});
    EXPECT_EQ(connection_.round_trips() - before, 1u);
    ASSERT_EQ(receipts.size(), 2u);
    EXPECT_EQ(receipts[1].seq, 3);
    EXPECT_EQ(to_header(receipts[1]), to_string(team_) + "/0/3/" + to_hex(list()[0].row_hash));
    EXPECT_TRUE(verify().ok);
}

TEST_F(Audit, ShowsWhoDidWhat) {
    change("first");
    const auto views = list();
    ASSERT_EQ(views.size(), 1u);
    const EventView& view = views[0];
    EXPECT_EQ(view.header.action, "gadget.update");
    EXPECT_EQ(view.header.actor_kind, ActorKind::user);
    EXPECT_EQ(view.subject_text("name"), "Ada");
    EXPECT_EQ(view.subject_text("ip"), "203.0.113.45");
    EXPECT_EQ(view.subject_text("actor"), to_string(ada_));
    EXPECT_EQ(view.subject_text("user_agent"), std::nullopt);
    EXPECT_EQ(view.detail_text("name"), "Left door");
    EXPECT_EQ(shape::write_json(view.changes()), R"([{"field":"note","before":"a","after":"b"}])");
    EXPECT_FALSE(view.is_erased());
}

TEST_F(Audit, Pages) {
    change("first", {updated(), {.action = "gadget.open"}, updated()});
    EXPECT_EQ(list(newest, 2).at(1).header.seq, 2);
    EXPECT_EQ(list(2, 2).at(0).header.seq, 1);
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        EXPECT_EQ(find_event(tx, sealer_, 2)->header.action, "gadget.open");
        EXPECT_FALSE(find_event(tx, sealer_, 4).has_value());
        const auto some = list_events_at(tx, sealer_, {1, 3, 7});
        ASSERT_EQ(some.size(), 2u);
        EXPECT_EQ(some[0].header.seq, 3);
    });
}

TEST_F(Audit, IsSeenByItsTeamOnly) {
    change("first");
    db::transact(connection_, {other_team_, ada_}, [&](db::Tx& tx) {
        EXPECT_TRUE(list_events(tx, sealer_, newest, 50).empty());
        EXPECT_EQ(find_head(tx)->seq, 0);
    });
}

// Another process, or an outcome that stayed unknown, may have moved the head that we remember.
TEST_F(Audit, RunsAgainWhenTheHeadMoved) {
    change("first");
    heads_.set(team_, 7);
    const auto receipts = change("second");
    EXPECT_EQ(receipts.at(0).seq, 2);
    EXPECT_TRUE(verify().ok);
}

TEST_F(Audit, ConcernsSeveralTeamsInOneTransaction) {
    const auto receipts = db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
        for (const TeamId& team : {other_team_, team_, platform_team, team_})
            recorder.add(team, {.action = "team.meet"});
        recorder.append_to(tx);
        tx.commit();
        return recorder.committed();
    });
    ASSERT_EQ(receipts.size(), 4u);
    EXPECT_EQ(receipts[0].chain, other_team_);
    EXPECT_EQ(receipts[1].seq, 1);
    EXPECT_EQ(receipts[2].chain, Uuid{});
    EXPECT_EQ(receipts[3].seq, 2);
    EXPECT_EQ(list().at(0).row_hash, receipts[3].row_hash);
    EXPECT_TRUE(
        check_chains(connection_, sealer_, seal_key_, {team_, other_team_, platform_team}).empty());
}

TEST_F(Audit, NothingOfATransactionThatFailedRemains) {
    change("first");
    EXPECT_THROW(db::transact(connection_, {team_, ada_},
                              [&](db::Tx& tx) {
                                  Recorder recorder(heads_, sealer_, seal_key_, clock_, random_,
                                                    ada());
                                  recorder.add(team_, updated());
                                  recorder.append_to(tx);
                                  throw LogicFault("after the append");
                              }),
                 LogicFault);
    EXPECT_EQ(heads_.find(team_), std::nullopt);
    EXPECT_EQ(list().size(), 1u);
    EXPECT_EQ(change("second").at(0).seq, 2);
}

TEST_F(Audit, RefusesAChangeWithoutAnEvent) {
    EXPECT_EQ(heads_.find(team_), std::nullopt);
    try {
        change("first", {});
        FAIL() << "committed";
    } catch (const db::Error& error) {
        EXPECT_EQ(error.sqlstate(), "AT002");
    }
    EXPECT_EQ(database_.value("select count(*)::text from app.gadgets"), "0");
    // An event of another team does not cover it.
    EXPECT_THROW(
        db::transact(connection_, {team_, ada_},
                     [&](db::Tx& tx) {
                         Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
                         tx.defer(put_gadget, {{"team", team_}, {"id", gadget_}, {"note", "x"}});
                         recorder.add(other_team_, updated());
                         recorder.append_to(tx);
                         tx.commit();
                     }),
        db::Error);
}

TEST_F(Audit, RefusesASuperusersChangeWithoutAnEvent) {
    change("first");
    const std::string replica = "set session_replication_role = replica;";
    for (const std::string& before : {std::string(), replica}) {
        EXPECT_NE(refusal(before + "update app.gadgets set note = 'x'").find("without audit event"),
                  std::string::npos);
        EXPECT_TRUE(refusal(before + "delete from app.gadgets").starts_with("AT002"));
        EXPECT_TRUE(refusal(before + "insert into app.gadgets values (gen_random_uuid(), "
                                     "gen_random_uuid(), 'x')")
                        .starts_with("AT002"));
        EXPECT_TRUE(refusal(before + "truncate app.gadgets").starts_with("AT002"));
    }
    EXPECT_EQ(database_.value("select note from app.gadgets"), "first");
}

TEST_F(Audit, IsAppendOnlyForASuperuserToo) {
    change("first");
    const std::string replica = "set session_replication_role = replica;";
    for (const std::string& before : {std::string(), replica}) {
        for (const std::string table : {"events", "payloads", "heads"}) {
            EXPECT_TRUE(refusal(before + "update aud." + table + " set seq = seq + 1")
                            .starts_with("42501"));
            EXPECT_TRUE(refusal(before + "delete from aud." + table).starts_with("42501"));
            EXPECT_TRUE(refusal(before + "truncate aud." + table).starts_with("42501"));
        }
        EXPECT_TRUE(refusal(before + "update aud.payloads set sealed = null, erased_by_seq = 1")
                        .starts_with("42501"));
    }
}

TEST_F(Audit, AppRoleCannotWriteTheRecordDirectly) {
    for (const std::string sql :
         {"insert into aud.heads (team_id, hash) values (gen_random_uuid(), '')",
          "update aud.heads set seq = 9", "delete from aud.events",
          "update aud.payloads set sealed = null", "truncate aud.events"})
        EXPECT_THROW(database_.as("atalaya_app", sql), db::Error) << sql;
}

TEST_F(Audit, StatementsFitTheSchema) {
    EXPECT_EQ(pgtest::unpreparable(database_, {sql::audit::statements}),
              std::vector<std::string>{});
}

} // namespace
} // namespace atalaya::audit
