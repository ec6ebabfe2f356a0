// What handlers may use besides their transaction: the long-lived parts of the server, by
// reference.
//
// Made once in apps/server and alive as long as requests run. Every part says itself which threads
// may call it; all of these are for any thread.
#pragma once

#include "access/caller.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace atalaya::audit {
class Heads;
class PayloadSealer;
} // namespace atalaya::audit
namespace atalaya::config {
struct Config;
}
namespace atalaya::db {
class Pool;
}
namespace atalaya::keyring {
class Keyring;
}
namespace atalaya::oidc {
class Providers;
}
namespace atalaya::telemetry {
class SeriesStore;
class TelemetryStore;
} // namespace atalaya::telemetry

namespace atalaya::api {

class Announcements;
class Call;
class Downloads;
class EventStreams;
class Identities;
class Router;
class SetUp;
class SlowWorkers;
class Verifications;

struct Services {
    const config::Config& config;
    keyring::Keyring& keyring;
    const audit::PayloadSealer& payload_sealer;
    const Secret& audit_seal_key;
    audit::Heads& heads;
    const Clock& clock;
    Random& random;
    db::Pool& app;  ///< requests, as atalaya_app
    db::Pool& auth; ///< look-ups before the caller is known, as atalaya_auth
    SlowWorkers& slow;
    SlowWorkers& outward; ///< for what waits for somebody else's server
    Identities& identities;
    Announcements& announcements;
    SetUp& set_up;
    Verifications& verifications;
    EventStreams& event_streams;
    Downloads& downloads;
    telemetry::TelemetryStore& telemetry; ///< what agents measure
    telemetry::SeriesStore& metrics;      ///< series with labels
    oidc::Providers& providers;
    const Secret& oidc_client_secret; ///< of the installation's own connection; empty without one
    const Router& router;             ///< for the API document
    /// Called after the first account of a fresh instance was made, with its team.
    std::function<void(TeamId, UserId)> on_set_up;
    /// Where people reach the page, for links: https://host[:port].
    std::string public_url;
    /// Called after a mail was put into the outbox.
    std::function<void()> on_mail{};
    /// Called in the scope of a team that is being made: what else its first record says, as fields
    /// and values.
    std::function<std::vector<std::pair<std::string, std::string>>(Call&)> on_new_team{};
};

} // namespace atalaya::api
