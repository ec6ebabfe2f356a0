#include "audit/keyring_sealer.hpp"
#include "audit/reader.hpp"
#include "audit/recorder.hpp"
#include "audit_sql.hpp"
#include "base/text.hpp"
#include "db/error.hpp"
#include "db_sql.hpp"
#include "keyring/keyring.hpp"
#include "support/pgtest.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

namespace atalaya::pgtest {
db::MigrationLists migrations() { return {sql::db::migrations}; }
} // namespace atalaya::pgtest

namespace atalaya::audit {
namespace {

/// A table such as a module has, and the statements that change it.
constexpr std::string_view gadgets = R"(
    set role atalaya_owner;
    create table app.gadgets (team_id uuid not null, id uuid primary key, note text not null,
                              unique (team_id, id));
    select ctl.protect('app.gadgets');
    select ctl.audit('app.gadgets');
)";
constexpr std::array<std::string_view, 3> put_params{"team", "id", "note"};
const db::Statement put_gadget{"test.put_gadget",
                               "insert into app.gadgets values ($1, $2, $3) "
                               "on conflict (id) do update set note = excluded.note",
                               put_params, true};

class Audit : public ::testing::Test {
  protected:
    Audit() {
        database_.as_superuser(gadgets);
        for (const TeamId& team : {team_, other_team_})
            keyring_->create_key(team);
        keyring_->create_key(ada_);
        for (const TeamId& team : {team_, other_team_})
            db::transact(connection_, {team, UserId{}}, [&](db::Tx& tx) { open_chain(tx, team); });
    }
    ~Audit() override { std::filesystem::remove_all(directory_); }

    static std::filesystem::path make_directory() {
        std::string name = (std::filesystem::temp_directory_path() / "audit_XXXXXX").string();
        CHECK(mkdtemp(name.data()) != nullptr);
        return name;
    }

    Actor ada() const {
        return {.kind = ActorKind::user, .user = ada_, .name = "Ada", .ip = "203.0.113.45"};
    }

    /// One audited change, as a handler makes it.
    std::vector<Receipt> change(std::string_view note, std::vector<Event> events = {updated()}) {
        return db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
            tx.defer(put_gadget, {{"team", team_}, {"id", gadget_}, {"note", note}});
            for (Event& event : events)
                recorder.add(team_, event);
            recorder.append_to(tx);
            tx.commit();
            return recorder.committed();
        });
    }
    static Event updated() {
        Event event{
            .action = "gadget.update", .resource_type = "gadget", .resource_name = "Left door"};
        event.changes.push(
            shape::json_object({{"field", "note"}, {"before", "a"}, {"after", "b"}}));
        return event;
    }

    Report verify(std::optional<std::int64_t> last = std::nullopt) {
        return db::transact(connection_, {team_, ada_},
                            [&](db::Tx& tx) { return verify_chain(tx, sealer_, seal_key_, last); });
    }
    std::vector<EventView> list(const EventFilter& filter = {}, std::int64_t before = newest,
                                int limit = 50) {
        return db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            return list_events(tx, sealer_, filter, before, limit);
        });
    }
    /// What a database administrator may do: everything, on the side.
    void tamper(const std::string& sql) {
        database_.as_superuser("alter table aud.events disable trigger user;"
                               "alter table aud.payloads disable trigger user;"
                               "alter table aud.heads disable trigger user;" +
                               sql);
    }
    std::string refusal(const std::string& sql) {
        try {
            database_.as_superuser(sql);
        } catch (const db::Error& error) {
            return error.sqlstate() + " " + error.what();
        }
        return "none";
    }
    std::string where_team(std::int64_t seq) const {
        return " where team_id = '" + to_string(team_) + "' and seq = " + std::to_string(seq) + ";";
    }

    pgtest::TestDatabase database_;
    SystemRandom random_;
    SystemClock clock_;
    const std::filesystem::path directory_ = make_directory();
    std::unique_ptr<keyring::Keyring> keyring_ =
        keyring::Keyring::open(directory_ / "keys", random_);
    const KeyringSealer sealer_{*keyring_};
    const Secret seal_key_ = keyring_->system_key("audit_seal");
    Heads heads_;
    db::Connection connection_{database_.options()};
    const TeamId team_{random_.uuid()}, other_team_{random_.uuid()};
    const UserId ada_{random_.uuid()};
    const Uuid gadget_ = random_.uuid();
};

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
    EXPECT_FALSE(view.erased);
}

TEST_F(Audit, FiltersAndPages) {
    Event denied{.action = "gadget.open",
                 .outcome = Outcome::denied,
                 .resource_type = "gadget",
                 .resource_id = gadget_};
    change("first", {updated(), denied, updated()});
    const auto count = [&](const EventFilter& filter) { return list(filter).size(); };
    EXPECT_EQ(count({}), 3u);
    EXPECT_EQ(count({.actor = ada_}), 3u);
    EXPECT_EQ(count({.actor = UserId(random_.uuid())}), 0u);
    EXPECT_EQ(count({.action = "gadget.update"}), 2u);
    EXPECT_EQ(count({.action = "gadget.*"}), 3u);
    EXPECT_EQ(count({.action = "gadget.u*"}), 2u);
    EXPECT_EQ(count({.action = "gadget"}), 0u);
    EXPECT_EQ(count({.outcome = Outcome::denied}), 1u);
    EXPECT_EQ(count({.resource_type = "server"}), 0u);
    EXPECT_EQ(count({.resource_id = gadget_}), 1u);
    const Time now = clock_.now();
    EXPECT_EQ(count({.from = now + std::chrono::hours(1)}), 0u);
    EXPECT_EQ(count({.to = now - std::chrono::hours(1)}), 0u);
    EXPECT_EQ(list({}, newest, 2)[1].header.seq, 2);
    EXPECT_EQ(list({}, 2, 2)[0].header.seq, 1);
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        EXPECT_EQ(find_event(tx, sealer_, 2)->header.action, "gadget.open");
        EXPECT_FALSE(find_event(tx, sealer_, 4).has_value());
    });
}

TEST_F(Audit, IsSeenByItsTeamOnly) {
    change("first");
    db::transact(connection_, {other_team_, ada_}, [&](db::Tx& tx) {
        EXPECT_TRUE(list_events(tx, sealer_, {}, newest, 50).empty());
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
            recorder.add(team_, {.action = std::string(action)});
            recorder.append_to(tx);
            erase_payload(tx, 1, Part::subject, 2);
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
    EXPECT_TRUE(views.at(1).erased);
    EXPECT_EQ(views.at(1).subject, std::nullopt);
    EXPECT_FALSE(views.at(0).erased);
    // A tombstone of an earlier transaction permits nothing more.
    EXPECT_TRUE(refusal("update aud.payloads set sealed = null, erased_by_seq = 2" + where_team(2))
                    .starts_with("42501"));
}

TEST_F(Audit, StatementsFitTheSchema) {
    EXPECT_EQ(pgtest::unpreparable(database_, {sql::audit::statements}),
              std::vector<std::string>{});
}

} // namespace
} // namespace atalaya::audit
