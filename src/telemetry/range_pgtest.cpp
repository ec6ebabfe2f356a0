// The store against the naive answer, on random pushes; and what the disk may show of them.
#include "telemetry/test_store.hpp"

#include <fstream>

namespace atalaya::telemetry {
namespace {

using namespace std::chrono_literals;
using test::Stores;
using test::StoreTest;

/// Pushes as agents send them, and as they should not: overlapping, out of order, written twice,
/// with changing tables.
class RandomPushes {
  public:
    RandomPushes(std::uint32_t seed, Time now) : random_(seed), now_(now) {}

    wire::Push next() {
        const wire::SeriesTable& table = tables_[below(tables_.size())];
        std::vector<std::int64_t> times{(now_ - 5h).us / 1000 +
                                        static_cast<std::int64_t>(below(1'850)) * 10'000};
        for (std::uint64_t more = below(3) == 0 ? below(120) : 0; more > 0; --more) {
            const std::int64_t time_ms = times.back() + 10'000 * (below(20) == 0 ? 30 : 1);
            if (time_ms < (now_ + 9min).us / 1000)
                times.push_back(time_ms);
        }
        std::vector<double> values(times.size() * table.size());
        for (double& value : values) {
            value = below(15) == 0 ? wire::absent() : static_cast<double>(below(10'000)) / 100;
        }
        return test::make_push(table, ++seq_, times, values);
    }
    RangeQuery query() {
        const Time from = now_ - 6h + Micros(below(6ull * 3'600'000'000));
        const Time to =
            from + Micros(1 + below(static_cast<std::uint64_t>((now_ + 1h - from).count())));
        RangeQuery made{from, to, 1 + below(1'000), {}};
        if (below(2) == 0)
            made.names = {"load", "no_such_metric"};
        return made;
    }

  private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    std::mt19937_64 random_;
    const Time now_;
    std::uint64_t seq_ = 0;
    const std::vector<wire::SeriesTable> tables_{
        test::small_table(),
        {{"cpu_percent", {{"mode", "idle"}}, wire::Unit::percent},
         {"disk_busy_percent", {{"device", "sda"}}, wire::Unit::percent},
         {"load", {{"window", "1m"}}, wire::Unit::count},
         {"load", {{"window", "5m"}}, wire::Unit::count}},
    };
};

TEST_F(StoreTest, AgreesWithTheNaiveAnswerBeforeAndAfterARestart) {
    for (const std::uint32_t seed : {1u, 2u}) {
        server = ServerId(random.uuid());
        RandomPushes pushes(seed, clock.now());
        test::Oracle oracle;
        const auto judge = [&](Stores& of, const RangeQuery& query) {
            return oracle.judge(read(of, query), query);
        };
        for (int i = 0; i < 150; ++i) {
            const wire::Push one = pushes.next();
            ASSERT_EQ(push(*store, one), AppendResult::stored);
            oracle.write(one);
            if (i % 10 == 0) {
                EXPECT_EQ(judge(*store, pushes.query()), "") << "seed " << seed << " push " << i;
                if (i % 50 == 0)
                    compact(*store, i % 100 == 0);
            }
        }
        const auto restarted = make_store();
        for (int i = 0; i < 15; ++i) {
            const RangeQuery query = i == 0 ? last(110min) : pushes.query();
            for (Stores* each : {store.get(), restarted.get()}) {
                EXPECT_EQ(judge(*each, query), "") << "seed " << seed << " query " << i;
            }
        }
    }
}

bool holds(const std::filesystem::path& file, std::string_view text) {
    std::ifstream in(file, std::ios::binary);
    std::string content(std::filesystem::file_size(file), '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    return content.find(text) != std::string::npos;
}

TEST_F(StoreTest, LeavesNoNameOnTheDisk) {
    const std::string planted = "planted-host-7f3a";
    wire::SeriesTable table{{"planted_metric_7f3a", {{"host", planted}}, wire::Unit::count}};
    auto one = test::make_push(table, 1, {ago_ms(10s)}, {1});
    one.facts = wire::HostFacts{};
    one.facts->hostname = planted;
    ASSERT_EQ(push(*store, one), AppendResult::stored);
    database.as_superuser("create table app.control (note text);"
                          "insert into app.control values ('planted-control-7f3a')");
    database.as_superuser("checkpoint");
    int files = 0, with_control = 0;
    const std::filesystem::path root(database.value("show data_directory").value());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root.parent_path())) {
        if (!entry.is_regular_file())
            continue;
        ++files;
        with_control += holds(entry.path(), "planted-control-7f3a");
        EXPECT_FALSE(holds(entry.path(), planted)) << entry.path();
        EXPECT_FALSE(holds(entry.path(), "planted_metric_7f3a")) << entry.path();
    }
    EXPECT_GT(files, 500);
    EXPECT_GE(with_control, 1) << "the search itself finds what is there";
}

} // namespace
} // namespace atalaya::telemetry
