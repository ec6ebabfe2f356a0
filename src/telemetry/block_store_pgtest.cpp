#include "telemetry/test_series.hpp"

namespace atalaya::telemetry {
namespace {

using test::BlockStoreTest;
using test::Model;
using test::series;

TEST_F(BlockStoreTest, GivesBackWhatWasWritten) {
    write(*store, ours, {{series("up", "a"), {{ago_ms(20), 1}, {ago_ms(10), 0}}}});
    write(*store, ours, {{series("up", "b"), {{ago_ms(10), 5}}}});
    EXPECT_EQ(read(*store, ours), model(ours));
    EXPECT_EQ(read(*store, ours).size(), 2u);
    store = make_store();
    EXPECT_EQ(read(*store, ours), model(ours));
}

} // namespace
} // namespace atalaya::telemetry
