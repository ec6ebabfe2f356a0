// Puts refused attempts on the record, bounded: a caller who is refused a thousand times in a
// minute makes ten events and one count, so that a flood of refusals cannot drown the chain. Owned
// by the Service; any thread; never blocks and never fails its caller.
#pragma once

#include "api/call.hpp"

#include <mutex>
#include <unordered_map>

namespace atalaya::api {

class Denials {
  public:
    explicit Denials(Services& services) : services_(services) {}

    /// `team` names the chain: the team's when the caller belongs to it, else the platform's.
    void record(std::shared_ptr<const Incoming> incoming, TeamId team, std::string_view code,
                std::string_view route);

  private:
    struct Window {
        Time start;
        int recorded = 0;
        std::int64_t suppressed = 0;
    };
    /// How many were suppressed since the last event; nullopt: suppress this one too.
    std::optional<std::int64_t> admit(const access::Caller& caller);

    Services& services_;
    std::mutex mutex_;
    std::unordered_map<std::string, Window> windows_;
};

} // namespace atalaya::api
