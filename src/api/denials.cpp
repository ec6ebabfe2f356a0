#include "api/denials.hpp"

#include "access/canary.hpp"
#include "base/log.hpp"
#include "db/pool.hpp"

namespace atalaya::api {
namespace {

constexpr Micros window_length = std::chrono::minutes(1);
constexpr int recorded_max = 10;
constexpr std::size_t windows_max = 10'000;

} // namespace

std::optional<std::int64_t> Denials::admit(const access::Caller& caller) {
    const std::string key = caller.user.is_nil() ? caller.address : to_string(caller.user);
    const Time now = services_.clock.now();
    const std::lock_guard lock(mutex_);
    if (windows_.size() >= windows_max)
        std::erase_if(windows_,
                      [&](const auto& entry) { return entry.second.start + window_length < now; });
    Window& window = windows_[key];
    if (window.start + window_length < now) {
        window.start = now;
        window.recorded = 0;
    }
    if (window.recorded >= recorded_max) {
        ++window.suppressed;
        return std::nullopt;
    }
    ++window.recorded;
    return std::exchange(window.suppressed, 0);
}

void Denials::record(std::shared_ptr<const Incoming> incoming, TeamId team, std::string_view code,
                     std::string_view route) {
    // Their refusals are what they are for; the check tells what came of them.
    if (access::is_canary(incoming->caller.user))
        return;
    const auto suppressed = admit(incoming->caller);
    if (!suppressed)
        return;
    audit::Event event;
    event.action = "access.denied";
    event.outcome = audit::Outcome::denied;
    event.resource_type = "route";
    event.resource_name = route;
    event.changes = shape::Array{
        shape::json_object({{"field", "code"}, {"before", nullptr}, {"after", code}}),
    };
    if (*suppressed > 0) {
        event.changes.push(shape::json_object(
            {{"field", "suppressed"}, {"before", nullptr}, {"after", *suppressed}}));
    }
    const std::vector<TeamId> keys{team};
    const db::Scope scope{team, incoming->caller.user};
    const bool queued =
        services_.app.submit(keys, [this, incoming, scope, event](db::Connection& connection) {
            try {
                run_recorded(services_, *incoming, connection, scope,
                             [&](Call& call) { call.recorder.add(scope.team, event); });
            } catch (const std::exception& failure) {
                log::error("denial not recorded", {{"reason", failure.what()}});
            }
        });
    if (!queued)
        log::error("denial not recorded", {{"reason", "queue full"}});
}

} // namespace atalaya::api
