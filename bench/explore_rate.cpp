#include "bench/explore_rate.hpp"

#include "audit/search.hpp"
#include "audit/search_index.hpp"
#include "base/text.hpp"
#include "db/script_session.hpp"
#include "db/tx.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace atalaya::bench {
namespace {

using audit::Condition;
using audit::FactKind;
using audit::Search;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t events_at_once = 1000;
constexpr int people = 12;
constexpr int rounds = 12;
/// So long that a search never ends before it is done.
constexpr std::chrono::minutes patience{5};

double ms_since(Steady::time_point start) {
    return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

/// A team's year: a dozen people, some hundred things, words that are common and words that are
/// rare.
class Record {
  public:
    Record(Stage& stage, TeamId team) : stage_(stage), team_(team) {
        for (int i = 0; i < people; ++i) {
            persons_.emplace_back(stage.random.uuid());
            stage.keyring->create_key(persons_.back());
        }
        for (int i = 0; i < 400; ++i)
            things_.push_back(stage.random.uuid());
    }

    void lengthen_to(db::Connection& connection, std::int64_t events) {
        std::int64_t length = db::transact(connection, {team_, stage_.person},
                                           [](db::Tx& tx) { return audit::find_head(tx)->seq; });
        while (length < events) {
            const std::int64_t count = std::min(events_at_once, events - length);
            db::run_transaction(connection, {team_, stage_.person}, [&](db::Tx& tx) {
                audit::Recorder recorder(stage_.heads, *stage_.sealer, stage_.seal_key,
                                         stage_.clock, stage_.random,
                                         actor(length / events_at_once));
                for (std::int64_t i = 1; i <= count; ++i)
                    recorder.add(team_, event(length + i));
                recorder.append_to(tx);
                tx.commit();
                recorder.committed();
            });
            length += count;
        }
    }

    std::string person(int index) const { return to_string(persons_.at(index)); }
    std::string thing(int index) const { return to_string(things_.at(index)); }

  private:
    audit::Actor actor(std::int64_t round) const {
        audit::Actor one = stage_.actor();
        const auto index = static_cast<std::size_t>(round % people);
        one.user = persons_[index];
        one.name = "Person " + std::to_string(index) + " Example";
        one.ip = "198.51.100." + std::to_string(round % 250);
        return one;
    }
    audit::Event event(std::int64_t seq) const {
        static constexpr std::array<const char*, 5> kinds{"server", "alert_rule", "member",
                                                          "api_key", "check"};
        const std::string kind = kinds[static_cast<std::size_t>(seq % 5)];
        audit::Event one{.action = kind + (seq % 3 == 0 ? ".create" : ".update"),
                         .outcome = seq % 200 == 7 ? audit::Outcome::denied : audit::Outcome::ok,
                         .resource_type = kind,
                         .resource_id = things_[static_cast<std::size_t>(seq % 400)],
                         .resource_name = kind + "-" + std::to_string(seq % 400) + ".example.com"};
        one.changes.push(shape::json_object({{"field", "note"},
                                             {"before", "ticket " + std::to_string(seq)},
                                             {"after", seq == 3           ? "the needle"
                                                       : seq % 5000 == 11 ? "quarterly review"
                                                                          : "as usual"}}));
        return one;
    }

    Stage& stage_;
    const TeamId team_;
    std::vector<UserId> persons_;
    std::vector<Uuid> things_;
};

Search one(FactKind kind, std::string value, bool prefix = false, bool negated = false) {
    Search search;
    search.conditions.push_back({kind, {std::move(value)}, prefix, negated});
    return search;
}

/// The filters of one kind each, and some together.
std::vector<std::pair<std::string, Search>> list_filters(const Record& record,
                                                         std::int64_t events) {
    Search two = one(FactKind::action, "alert_rule.", true);
    two.conditions.push_back({FactKind::outcome, {"denied"}, false, false});
    return {
        {"none", {}},
        {"actor", one(FactKind::actor, record.person(5))},
        {"actor-name", one(FactKind::actor_name, "person 5")},
        {"action", one(FactKind::action, "member.create")},
        {"action-glob", one(FactKind::action, "alert_rule.", true)},
        {"outcome", one(FactKind::outcome, "denied")},
        {"resource", one(FactKind::resource_id, record.thing(17))},
        {"resource-type", one(FactKind::resource_type, "check")},
        {"ip", one(FactKind::ip, "198.51.100.77")},
        {"ip-glob", one(FactKind::ip, "198.51.100.2", true)},
        {"word", one(FactKind::text, "server")},
        {"rare-words", one(FactKind::text, "quarterly review")},
        {"one-number", one(FactKind::text, std::to_string(events / 2))},
        {"action-and-outcome", two},
        {"not-by", one(FactKind::actor, record.person(5), false, true)},
        {"nobody", one(FactKind::ip, "203.0.113.9")},
    };
}

} // namespace

ExploreRate measure_explore(Stage& stage, std::int64_t events) {
    ExploreRate rate;
    rate.events = events;
    stage.add_teams(stage.teams.size() + 1); // whose record nothing else has begun
    const TeamId team = stage.teams.back();
    const db::Scope scope{team, stage.person};
    db::Connection connection(stage.connection_options());
    Record record(stage, team);
    record.lengthen_to(connection, events);

    auto start = Steady::now();
    const auto index_one = [&](db::Tx& tx) { return audit::index_one_block(tx, *stage.sealer); };
    while (db::transact(connection, scope, index_one)) {
    }
    rate.indexed_per_s = 1000.0 * static_cast<double>(events) / ms_since(start);
    db::ScriptSession session(stage.plain_dsn(), "bench", "atalaya_super");
    const auto bytes = session.value("select pg_total_relation_size('app.audit_search')");
    rate.index_bytes = static_cast<double>(parse_integer(bytes.value_or("")).value_or(0)) /
                       static_cast<double>(events);

    const auto search = [&](const Search& what, std::int64_t before) {
        return db::transact(connection, scope, [&](db::Tx& tx) {
            return audit::search_events(tx, *stage.sealer, what, {before, 50, patience});
        });
    };
    std::vector<double> all;
    for (const auto& [name, what] : list_filters(record, events)) {
        std::vector<double> taken;
        for (int round = 0; round < rounds; ++round) {
            // From the newest event down, and from places all over the record.
            const std::int64_t before = round == 0 ? audit::newest : events * round / rounds + 1;
            start = Steady::now();
            search(what, before);
            taken.push_back(ms_since(start));
        }
        all.insert(all.end(), taken.begin(), taken.end());
        std::ranges::sort(taken);
        if (taken[rounds / 2] > rate.slowest_median_ms) {
            rate.slowest_median_ms = taken[rounds / 2];
            rate.slowest = name;
        }
    }
    std::ranges::sort(all);
    rate.page_p95_ms = all[all.size() * 95 / 100];

    start = Steady::now();
    if (search(one(FactKind::text, "needle"), audit::newest).events.size() != 1)
        throw std::runtime_error("the needle was not found");
    rate.text_first_ms = ms_since(start);
    start = Steady::now();
    if (!search(one(FactKind::text, "nowhere"), audit::newest).events.empty())
        throw std::runtime_error("what is not there was found");
    rate.text_none_ms = ms_since(start);
    return rate;
}

} // namespace atalaya::bench
