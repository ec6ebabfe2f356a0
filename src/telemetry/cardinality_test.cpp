#include "telemetry/series_index.hpp"
#include "telemetry/series_key.hpp"

#include <gtest/gtest.h>

namespace atalaya::telemetry {
namespace {

void add(SeriesIndex& index, const std::vector<LabelView>& labels) {
    std::string key;
    write_series_key(labels, key);
    index.add(static_cast<std::int64_t>(index.size() + 1), key);
}

std::string tell(const std::vector<Ranked>& ranked) {
    std::string out;
    for (const Ranked& each : ranked) {
        out += each.name + (each.value.empty() ? "" : "=" + each.value) + ":" +
               std::to_string(each.count) + " ";
    }
    return out;
}

TEST(Cardinality, NamesWhatHasTheMost) {
    SeriesIndex index(1);
    for (const char* user : {"a", "b", "cc"}) {
        add(index, {{"__name__", "logins"}, {"job", "web"}, {"user", user}});
    }
    add(index, {{"__name__", "up"}, {"job", "web"}});
    add(index, {{"__name__", "load"}, {"job", "db"}});
    const Cardinality two = index.rank(2);
    EXPECT_EQ(two.pairs, 8u);
    EXPECT_EQ(tell(two.metrics), "logins:3 load:1 ");
    EXPECT_EQ(tell(two.labels), "__name__:3 user:3 ");
    EXPECT_EQ(tell(two.label_bytes), "__name__:12 job:5 ");
    EXPECT_EQ(tell(two.values), "job=web:4 __name__=logins:3 ");
    EXPECT_EQ(tell(index.rank(100).metrics), "logins:3 load:1 up:1 ");
    EXPECT_EQ(index.rank(0).metrics.size(), 0u);
    EXPECT_EQ(SeriesIndex(1).rank(5).labels.size(), 0u);
}

TEST(Cardinality, EqualCountsStandInTheOrderOfNames) {
    Ranking ranking(3);
    for (const char* name : {"d", "b", "a", "c"}) {
        ranking.offer(7, name);
    }
    EXPECT_EQ(tell(ranking.take()), "a:7 b:7 c:7 ");
}

} // namespace
} // namespace atalaya::telemetry
