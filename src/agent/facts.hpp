// The host in words: its name, system, size and addresses.
// Called by the agent's main thread. What the host does not tell stays empty.
#pragma once

#include "agent/host.hpp"
#include "wire/frame.hpp"

namespace atalaya::agent {

wire::HostFacts collect_facts(Host& host);

/// True when the server should be told again. The kernel computes the boot time from two clocks, so
/// that it wanders by a second: that is no news.
bool differ(const wire::HostFacts& known, const wire::HostFacts& now);

} // namespace atalaya::agent
