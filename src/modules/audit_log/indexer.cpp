#include "modules/audit_log/indexer.hpp"

#include "audit/search_index.hpp"

namespace atalaya::audit_log {
namespace {

/// Between two looks at what has become due.
constexpr std::chrono::seconds poll_interval{5};
/// Between two blocks, so that a large backlog leaves room for those who wait for an answer.
constexpr std::chrono::milliseconds breath{5};

} // namespace

Indexer::Indexer(db::ConnectionOptions connection, const audit::PayloadSealer& sealer,
                 std::function<std::vector<TeamId>()> list_teams)
    : sealer_(sealer),
      list_teams_(std::move(list_teams)),
      connection_(std::move(connection)),
      task_("audit index not kept", poll_interval, [this](std::stop_token stop) {
          run_once(stop);
          return false;
      }) {}

void Indexer::run_once(std::stop_token stop) {
    for (const TeamId& team : list_teams_()) {
        const auto index_one = [&](db::Tx& tx) { return audit::index_one_block(tx, sealer_); };
        while (!stop.stop_requested() && db::transact(connection_, {team, UserId{}}, index_one))
            std::this_thread::sleep_for(breath);
    }
}

} // namespace atalaya::audit_log
