// What follows the chains and what signs for them, looked at from beside: both run for themselves,
// and a silent one must not pass for a contented one.
#include "api/verifications.hpp"
#include "audit/checkpoints.hpp"
#include "audit/reader.hpp"
#include "db/tx.hpp"
#include "modules/team/team.hpp"
#include "modules/trust/check.hpp"

#include <algorithm>
#include <array>

namespace atalaya::trust {
namespace {

using std::chrono::minutes;

/// The watch goes round again and again; after so long without a chain it is silent.
constexpr minutes watch_patience{60};

std::vector<TeamId> list_chains(const Surroundings& around) {
    db::Connection directory(around.sched);
    auto teams = team::list_team_ids(directory);
    teams.push_back(platform_team);
    return teams;
}

std::string in_minutes(Micros span) {
    return std::to_string(std::chrono::floor<minutes>(span).count()) + " minutes";
}

Finding look_at_chains(const Surroundings& around) {
    const auto teams = list_chains(around);
    const Time now = around.services.clock.now();
    std::int64_t followed = 0;
    std::int64_t bad = 0;
    std::optional<Time> oldest, newest;
    for (const TeamId& team : teams) {
        const auto last = around.services.verifications.find(team);
        if (!last)
            continue;
        ++followed;
        bad += !last->ok;
        oldest = std::min(oldest.value_or(last->at), last->at);
        newest = std::max(newest.value_or(last->at), last->at);
    }
    if (followed == 0)
        return {true, "Nothing to look at yet: no chain was followed to its end since the start."};
    std::string figures = std::to_string(followed) + " of " + std::to_string(teams.size()) +
                          " chains were followed from their first event to their last since the "
                          "start, the longest ago " +
                          in_minutes(now - *oldest) + " ago; " + std::to_string(bad) +
                          " do not hold.";
    if (now - *newest > watch_patience)
        return {false, figures + " The watch is silent."};
    return {bad == 0, std::move(figures)};
}

struct Signed {
    std::int64_t late = 0;
    std::int64_t refused = 0;
    std::int64_t never = 0;
    std::optional<Time> oldest; ///< of the newest checkpoints
};

void count_standing(const audit::SignerStanding& standing, Signed& sum) {
    using State = audit::SignerStanding::State;
    sum.late += standing.state == State::late;
    sum.refused += standing.state == State::refused;
    sum.never += !standing.last.has_value();
    if (standing.last)
        sum.oldest = std::min(sum.oldest.value_or(standing.last->made_at), standing.last->made_at);
}

Finding look_at_checkpoints(const Surroundings& around) {
    const auto teams = list_chains(around);
    const Time now = around.services.clock.now();
    db::Connection connection(around.app);
    Signed sum;
    for (const TeamId& team : teams) {
        db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            const auto head = audit::find_head(tx);
            count_standing(
                audit::judge_signer(tx, head ? head->seq : 0, now, audit::signer_patience), sum);
        });
    }
    const std::string newest = sum.oldest
                                   ? "the newest checkpoint of each is at most " +
                                         in_minutes(now - *sum.oldest) + " old where there is one"
                                   : "none has a checkpoint";
    return {sum.late == 0 && sum.refused == 0,
            std::to_string(teams.size()) + " chains; " + newest + "; " + std::to_string(sum.never) +
                " have none yet, " + std::to_string(sum.late) +
                " have events that wait for one too long, " + std::to_string(sum.refused) +
                " contradict what was signed."};
}

constexpr std::array checks{
    Check{"chains", "whoever follows the chains found all of them whole", minutes(10),
          look_at_chains},
    Check{"checkpoints", "every chain is signed for, up to its last minutes", minutes(10),
          look_at_checkpoints},
};

} // namespace

std::span<const Check> chain_checks() { return checks; }

} // namespace atalaya::trust
