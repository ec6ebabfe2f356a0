// A query's view of the series of one team: what it may read, and for how long.
//
// Lives on one worker's stack within its transaction.
#pragma once

#include "db/tx.hpp"
#include "promql/evaluate.hpp"
#include "telemetry/series_store.hpp"

#include <chrono>

namespace atalaya::metrics {

class StoreSource final : public promql::Source {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    StoreSource(telemetry::SeriesStore& store, db::Tx& tx, Moment deadline)
        : store_(store), tx_(tx), deadline_(deadline) {}

    void select(const promql::Matchers& matchers, promql::TimeRange range,
                const OnSeries& use) override {
        check();
        store_.select(tx_, matchers, range, [&](const promql::SeriesView& series) {
            check();
            use(series);
        });
    }
    /// Throws QueryError of the kind timeout when the time is over.
    void check() const {
        if (std::chrono::steady_clock::now() > deadline_)
            throw promql::QueryError(promql::QueryErrorKind::timeout,
                                     "query timed out in expression evaluation");
    }

  private:
    telemetry::SeriesStore& store_;
    db::Tx& tx_;
    const Moment deadline_;
};

} // namespace atalaya::metrics
