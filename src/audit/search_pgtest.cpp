// Searches of the record with and without the index: the same events either way, for every kind of
// condition; and what becomes of the index when something is erased or damaged.
#include "audit/erasure.hpp"
#include "audit/search.hpp"
#include "audit/search_index.hpp"
#include "audit/test_audit.hpp"
#include "base/text.hpp"

#include <atomic>
#include <thread>

namespace atalaya::audit {
namespace {

class AuditSearch : public Audit {
  protected:
    AuditSearch() { keyring_->create_key(bob_); }

    /// `count` events: every seventh of Bob, every tenth a denial, each hundredth about a red door.
    void fill(int count) {
        for (int at = 0; at < count;) {
            std::vector<Event> events;
            for (; events.size() < 100 && at < count; ++at)
                events.push_back(make(at));
            append(at % 700 == 0 ? bob_ : ada_, std::move(events));
        }
    }
    Event make(int at) {
        Event event{.action = at % 3 == 0 ? "gadget.open" : "gadget.update",
                    .outcome = at % 10 == 0 ? Outcome::denied : Outcome::ok,
                    .resource_type = at % 4 == 0 ? "gadget" : "door",
                    .resource_id = at % 50 == 0 ? gadget_ : Uuid{},
                    .resource_name = at % 100 == 7 ? "Red door" : "Left door"};
        event.changes.push(shape::json_object(
            {{"field", "note"}, {"before", at}, {"after", at == 1234 ? "needle" : "hay"}}));
        return event;
    }
    void append(const UserId& user, std::vector<Event> events) {
        db::transact(connection_, {team_, user}, [&](db::Tx& tx) {
            Actor actor = ada();
            if (user == bob_) {
                actor.user = bob_;
                actor.name = "Bob";
                actor.ip = "198.51.100.7";
            }
            Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, actor);
            for (Event& event : events)
                recorder.add(team_, event);
            recorder.append_to(tx);
            tx.commit();
            recorder.committed();
        });
    }
    int index_all() {
        int blocks = 0;
        while (db::transact(connection_, {team_, UserId{}},
                            [&](db::Tx& tx) { return index_one_block(tx, sealer_); }))
            ++blocks;
        return blocks;
    }
    Found search(const Search& what, SearchLimits limits = {}) {
        return db::transact(connection_, {team_, ada_},
                            [&](db::Tx& tx) { return search_events(tx, sealer_, what, limits); });
    }
    /// All numbers that a search finds, page by page.
    std::vector<std::int64_t> find_all(const Search& what, std::int64_t page = 40) {
        std::vector<std::int64_t> seqs;
        std::int64_t before = newest;
        do {
            const Found found = search(what, {before, page, std::chrono::seconds(60)});
            EXPECT_TRUE(found.looked_to < before);
            for (const EventView& event : found.events)
                seqs.push_back(event.header.seq);
            before = found.looked_to;
        } while (before > 1);
        return seqs;
    }
    static Search one(FactKind kind, std::string value, bool prefix = false, bool negated = false) {
        Search out;
        out.conditions.push_back({kind, {std::move(value)}, prefix, negated});
        return out;
    }
    /// Whether the team's section of the first block knows this number as a word.
    bool has_token(int word) {
        const Bytes owner = sealer_.prefix({team_, UserId{}});
        const auto hex = database_.value("select encode(tokens, 'hex') from app.audit_search where "
                                         "owner = decode('" +
                                         to_hex(owner) + "', 'hex') and block = 0");
        const auto opened =
            sealer_.open_index(team_, owner, section_row(team_, 0, owner, Blob::tokens),
                               parse_hex(hex.value_or("")).value());
        const auto list = TokenList::parse(opened.plain).value();
        const auto tokens = tokens_of(Fact{FactKind::text, Source::detail, std::to_string(word)});
        return std::ranges::all_of(tokens,
                                   [&](Token token) { return list.find(token).has_value(); });
    }
    std::string sections() {
        return database_.value("select count(*) from app.audit_search").value_or("");
    }

    const UserId bob_{random_.uuid()};
};

TEST_F(AuditSearch, FindsTheSameWithTheIndexAsWithoutIt) {
    fill(3000);
    const std::int64_t middle = 1500;
    const Time at = list(middle + 1, 1).at(0).header.occurred_at;
    Search both = one(FactKind::text, "door");
    both.conditions.push_back({FactKind::outcome, {"denied"}, false, false});
    both.conditions.push_back({FactKind::actor, {to_string(bob_)}, false, true});
    Search either;
    either.conditions.push_back({FactKind::text, {"needle", "red"}, false, false});
    const std::pair<Search, std::size_t> cases[] = {
        {{}, 3000},
        {one(FactKind::text, "needle"), 1},
        {one(FactKind::text, "need", true), 1},
        {one(FactKind::text, "ne", true), 1},
        {one(FactKind::text, "red door"), 30},
        {one(FactKind::resource_name, "red"), 30},
        {one(FactKind::actor, to_string(bob_)), 400},
        {one(FactKind::actor_name, "bob"), 400},
        {one(FactKind::ip, "198.51.100.7"), 400},
        {one(FactKind::ip, "198.51.", true), 400},
        {one(FactKind::outcome, "denied"), 300},
        {one(FactKind::outcome, "denied", false, true), 2700},
        {one(FactKind::resource_type, "gadget"), 750},
        {one(FactKind::resource_id, to_string(gadget_)), 60},
        {one(FactKind::action, "gadget.o", true), 1000},
        {one(FactKind::text, "nobody"), 0},
        {{.conditions = {}, .from = at, .to = {}}, 0},
        {{.conditions = {}, .from = {}, .to = at}, 0},
        {both, 260},
        {either, 31},
    };
    std::vector<std::vector<std::int64_t>> before;
    for (const auto& [what, count] : cases) {
        before.push_back(find_all(what));
        if (count > 0) {
            EXPECT_EQ(before.back().size(), count) << before.size();
        }
        EXPECT_TRUE(std::ranges::is_sorted(before.back(), std::greater<>()));
    }
    EXPECT_EQ(before[16].size() + before[17].size(), 3000u);
    EXPECT_EQ(index_all(), 2); // the third block is not full yet
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        EXPECT_EQ(find_all(cases[i].first), before[i]) << i;
    }
}

TEST_F(AuditSearch, ReadsOnlyWhatTheIndexLeadsTo) {
    fill(2048);
    index_all();
    const db::Statement count_reads{
        "test.count_reads",
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as reads "
        "from pg_catalog.pg_stat_xact_all_tables where relid = 'aud.payloads'::regclass",
        {}};
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        const auto before = tx.query_one(count_reads).get<std::int64_t>("reads");
        const Found found = search_events(tx, sealer_, one(FactKind::text, "needle"), {});
        EXPECT_EQ(found.events.size(), 1u);
        EXPECT_EQ(found.looked_to, 1);
        EXPECT_EQ(tx.query_one(count_reads).get<std::int64_t>("reads") - before, 2);
    });
}

TEST_F(AuditSearch, StopsWhenItsTimeIsUpAndGoesOnFromThere) {
    fill(1500);
    std::int64_t before = newest;
    std::vector<std::int64_t> seqs;
    int pages = 0;
    do {
        const Found found =
            search(one(FactKind::text, "needle"), {before, 50, std::chrono::milliseconds(0)});
        for (const EventView& event : found.events)
            seqs.push_back(event.header.seq);
        ASSERT_LT(found.looked_to, before);
        before = found.looked_to;
        ++pages;
    } while (before > 1);
    EXPECT_GT(pages, 1);
    EXPECT_EQ(seqs, std::vector<std::int64_t>{1235});
}

TEST_F(AuditSearch, AnErasedPayloadLeavesTheIndex) {
    fill(1024 + 600);
    ASSERT_EQ(index_all(), 1);
    ASSERT_EQ(find_all(one(FactKind::text, "57")).size(), 1u); // the note before of event 58
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
        recorder.add(team_, {.action = "audit.tombstone"});
        recorder.append_to(tx);
        erase_payloads(tx, {{58, Part::detail}}, 1625);
        tx.commit();
        recorder.committed();
    });
    EXPECT_EQ(sections(), "0");
    EXPECT_TRUE(find_all(one(FactKind::text, "57")).empty());
    EXPECT_EQ(index_all(), 1);
    EXPECT_TRUE(find_all(one(FactKind::text, "57")).empty());
    EXPECT_EQ(find_all(one(FactKind::text, "58")).size(), 1u);
}

TEST_F(AuditSearch, WhatIsErasedWhileItIsIndexedIsNotInTheIndex) {
    fill(1024);
    std::atomic<bool> indexed = false;
    std::thread indexer;
    const auto is_waiting = [&] {
        return database_.value("select count(*) from pg_locks where locktype = 'advisory' and not "
                               "granted") == "1";
    };
    db::Connection other(database_.options());
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
        add_erasure(recorder, team_, {{{58, Part::detail}}, ErasureBasis::unlawful});
        recorder.append_to(tx);
        find_head(tx); // all that was queued is done, and nobody sees it yet
        indexer = std::thread([&] {
            db::transact(other, {team_, UserId{}},
                         [&](db::Tx& its) { index_one_block(its, sealer_); });
            indexed = true;
        });
        while (!indexed && !is_waiting())
            std::this_thread::yield();
        tx.commit();
        recorder.committed();
    });
    indexer.join();
    EXPECT_EQ(sections(), "3"); // of the team and of both
    EXPECT_TRUE(find_all(one(FactKind::text, "57")).empty());
    EXPECT_FALSE(has_token(57));
    EXPECT_TRUE(has_token(56));
}

TEST_F(AuditSearch, WhatIsOfAPersonIsFoundNoMoreWithoutThatPersonsKey) {
    fill(1024);
    append(bob_, {updated()});
    index_all();
    const auto of_team = find_all(one(FactKind::text, "red"));
    ASSERT_EQ(find_all(one(FactKind::ip, "198.51.100.7")).size(), 101u);
    keyring_->destroy_key(bob_);
    EXPECT_TRUE(find_all(one(FactKind::ip, "198.51.100.7")).empty());
    EXPECT_TRUE(find_all(one(FactKind::actor_name, "bob")).empty());
    EXPECT_EQ(find_all(one(FactKind::text, "red")), of_team);
    // And a block that is indexed afterwards never knew the person.
    database_.as_superuser("delete from app.audit_search");
    EXPECT_EQ(index_all(), 1);
    EXPECT_EQ(sections(), "2"); // of the team and of Ada
}

TEST_F(AuditSearch, ADamagedIndexIsNotBelieved) {
    fill(1024);
    index_all();
    const auto wanted = find_all(one(FactKind::text, "red"));
    ASSERT_EQ(wanted.size(), 11u);
    for (const std::string column : {"tokens", "places"}) {
        database_.as_superuser("update app.audit_search set " + column + " = set_byte(" + column +
                               ", 40, get_byte(" + column + ", 40) # 1)");
        EXPECT_EQ(find_all(one(FactKind::text, "red")), wanted) << column;
    }
    // Nor is a section in the place of another.
    database_.as_superuser("delete from app.audit_search");
    index_all();
    database_.as_superuser("update app.audit_search set block = 1");
    EXPECT_EQ(find_all(one(FactKind::text, "red")), wanted);
}

TEST_F(AuditSearch, HoldsNothingReadable) {
    fill(1024);
    index_all();
    for (const std::string word : {"needle", "Left", "203.0.113"}) {
        EXPECT_EQ(database_.value("select count(*) from app.audit_search where "
                                  "position(convert_to('" +
                                  word + "', 'UTF8') in tokens || places) > 0"),
                  "0");
    }
}

TEST_F(AuditSearch, SeesItsOwnTeamOnly) {
    fill(1024);
    index_all();
    db::transact(connection_, {other_team_, ada_}, [&](db::Tx& tx) {
        EXPECT_TRUE(search_events(tx, sealer_, {}, {}).events.empty());
        EXPECT_FALSE(index_one_block(tx, sealer_));
    });
}

TEST_F(AuditSearch, EncodesSectionsBothWays) {
    Places many;
    for (std::uint16_t place = 1; place < block_size; place = static_cast<std::uint16_t>(place + 3))
        many.push_back(place);
    const Section section{{7, {0, 5, 1023}}, {8, many}, {9, {1}}, {0xffffffff, {2, 3}}};
    const SectionBlobs blobs = encode_section(section);
    const auto tokens = TokenList::parse(blobs.tokens);
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->find(7), 0u);
    EXPECT_EQ(tokens->find(10), std::nullopt);
    EXPECT_EQ(tokens->find(0xffffffff), 3u);
    const std::size_t common[] = {1};
    EXPECT_EQ(parse_places(blobs.places, common), std::vector<Places>{many});
    const std::size_t wanted[] = {0, 3};
    EXPECT_EQ(parse_places(blobs.places, wanted), (std::vector<Places>{{0, 5, 1023}, {2, 3}}));
    EXPECT_FALSE(TokenList::parse({1, 2, 3}));
    EXPECT_FALSE(parse_places(BytesView(blobs.places).first(4), wanted));
}

} // namespace
} // namespace atalaya::audit
