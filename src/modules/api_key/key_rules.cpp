// What may stand in a key: scopes, networks and origins, each in one form. Pure.
#include "base/text.hpp"
#include "modules/api_key/api_key.hpp"

#include <algorithm>

namespace atalaya::api_key {
namespace {

constexpr std::size_t entries_max = 50;

using Faults = std::vector<Violation>;

/// Whether the caller may do all that the scope opens.
bool reaches(const access::Caller& caller, std::string_view scope) {
    const auto table = access::permission_table();
    return std::all_of(table.begin(), table.end(), [&](const access::PermissionEntry& entry) {
        return entry.scope != scope || caller.may(entry.permission);
    });
}

void check_scopes(std::vector<std::string>& scopes, std::span<const std::string_view> known,
                  Faults& faults) {
    if (scopes.empty())
        faults.push_back({"/scopes", "length", "A key needs at least one scope."});
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        if (std::find(known.begin(), known.end(), scopes[i]) == known.end())
            faults.push_back({"/scopes/" + std::to_string(i), "choice", "There is no such scope."});
    }
    std::vector<std::string> ordered;
    for (const std::string_view scope : known) {
        if (std::find(scopes.begin(), scopes.end(), scope) != scopes.end())
            ordered.emplace_back(scope);
    }
    if (faults.empty())
        scopes = std::move(ordered);
}

void check_networks(std::vector<std::string>& networks, Faults& faults) {
    for (std::size_t i = 0; i < networks.size(); ++i) {
        const auto network = net::parse_network(networks[i]);
        if (!network) {
            faults.push_back({"/ip_allow/" + std::to_string(i), "network",
                              "Write an address or a network, such as 203.0.113.7, "
                              "203.0.113.0/24 or 2001:db8::/32, without bits behind the prefix."});
            continue;
        }
        networks[i] = to_string(network->base) + "/" + std::to_string(network->prefix_bits);
    }
}

/// As browsers write it: scheme, host and a port that is not the scheme's own, all in lower case.
bool is_origin_text(std::string_view text) {
    for (const auto& [scheme, own_port] :
         {std::pair<std::string_view, std::string_view>{"https://", ":443"}, {"http://", ":80"}}) {
        if (!text.starts_with(scheme))
            continue;
        const std::string_view host = text.substr(scheme.size());
        return net::is_host(host) && to_lower(host) == host && !host.ends_with(own_port) &&
               !host.ends_with('.') && !host.ends_with(':');
    }
    return false;
}

void check_origins(const std::vector<std::string>& origins, Faults& faults) {
    for (std::size_t i = 0; i < origins.size(); ++i) {
        if (!is_origin_text(origins[i]))
            faults.push_back({"/cors_origins/" + std::to_string(i), "origin",
                              "Write an origin as browsers do, such as https://app.example.com: "
                              "lower case, no path, no wildcard, no default port."});
    }
}

void check_count(const std::vector<std::string>& entries, const std::string& pointer,
                 Faults& faults) {
    if (entries.size() > entries_max)
        faults.push_back({pointer, "length", "At most 50 entries."});
}

} // namespace

void check_change(Change& change, std::span<const std::string_view> known) {
    Faults faults;
    check_count(change.ip_allow, "/ip_allow", faults);
    check_count(change.cors_origins, "/cors_origins", faults);
    check_scopes(change.scopes, known, faults);
    check_networks(change.ip_allow, faults);
    check_origins(change.cors_origins, faults);
    shape::throw_if_any(std::move(faults));
}

void check_reach(const access::Caller& caller, const std::vector<std::string>& scopes) {
    Faults faults;
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        if (!reaches(caller, scopes[i]))
            faults.push_back(
                {"/scopes/" + std::to_string(i), "role", "Your own role does not permit this."});
    }
    shape::throw_if_any(std::move(faults));
}

} // namespace atalaya::api_key
