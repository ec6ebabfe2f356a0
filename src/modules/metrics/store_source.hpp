// A query's view of the series of one team: what it may read, and for how long.
//
// Lives on one worker's stack within its transaction.
#pragma once

#include "db/tx.hpp"
#include "net/message.hpp"
#include "promql/evaluate.hpp"
#include "telemetry/series_store.hpp"

#include <chrono>

namespace atalaya::metrics {

class StoreSource final : public promql::Source {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    StoreSource(telemetry::SeriesStore& store, db::Tx& tx, const net::Request& request,
                Moment deadline)
        : store_(store), tx_(tx), request_(request), deadline_(deadline) {}

    void select(const promql::Matchers& matchers, promql::TimeRange range,
                const OnSeries& use) override {
        check();
        store_.select(tx_, matchers, range, [&](const promql::SeriesView& series) {
            check();
            use(series);
        });
    }
    /// Throws QueryError of the kind timeout when the time is over, or nobody waits any more.
    void check() const {
        if (request_.is_client_gone())
            throw promql::QueryError(promql::QueryErrorKind::timeout,
                                     "query was canceled in expression evaluation");
        if (std::chrono::steady_clock::now() > deadline_)
            throw promql::QueryError(promql::QueryErrorKind::timeout,
                                     "query timed out in expression evaluation");
    }

  private:
    telemetry::SeriesStore& store_;
    db::Tx& tx_;
    const net::Request& request_;
    const Moment deadline_;
};

} // namespace atalaya::metrics
