#include "agent/facts.hpp"

#include "agent/proc.hpp"
#include "base/text.hpp"

#include <chrono>

namespace atalaya::agent {

namespace {

/// As the frame can carry it: whole characters, no more than its bound.
std::string fact(std::string_view text) {
    text = trim(text);
    std::size_t size = std::min(text.size(), wire::fact_bytes_max);
    while (size > 0 && !is_utf8(text.substr(0, size)))
        --size;
    return std::string(text.substr(0, size));
}

} // namespace

wire::HostFacts collect_facts(Host& host) {
    wire::HostFacts facts;
    facts.hostname = fact(host.read(HostFile::hostname).value_or(""));
    facts.os = fact(proc::parse_os_release(host.read(HostFile::os_release).value_or("")));
    facts.kernel = fact(host.read(HostFile::kernel).value_or(""));
    facts.architecture = fact(host.architecture());
    if (const auto stat = proc::parse_stat(host.read(HostFile::stat).value_or(""))) {
        facts.cores = stat->cores;
        constexpr std::uint64_t seconds_max = wire::time_ms_max / 1000;
        facts.boot_time.us =
            static_cast<std::int64_t>(std::min(stat->boot_time_s, seconds_max)) * 1'000'000;
    }
    if (const auto memory = proc::parse_meminfo(host.read(HostFile::meminfo).value_or("")))
        facts.memory_bytes = memory->total;
    facts.agent_version = ATALAYA_VERSION;
    facts.policy_hash = policy_hash();
    facts.addresses = host.list_addresses();
    if (facts.addresses.size() > wire::addresses_max)
        facts.addresses.resize(wire::addresses_max);
    return facts;
}

bool differ(const wire::HostFacts& known, const wire::HostFacts& now) {
    wire::HostFacts same_boot = now;
    if (std::chrono::abs(now.boot_time - known.boot_time) < std::chrono::minutes(1))
        same_boot.boot_time = known.boot_time;
    return same_boot != known;
}

} // namespace atalaya::agent
