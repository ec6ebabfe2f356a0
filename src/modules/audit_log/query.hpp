// What a request asks of the record: the query `?q=` and the single filters beside it, as one
// search.
//
// On a worker's thread, in the team's scope, since a person may be named by an e-mail address.
// Throws Problem `invalid`; the pointer of a slip in `q` says at which characters it stands, as
// RFC 5147 does: `?q#char=6,11`.
#pragma once

#include "api/call.hpp"
#include "audit/search.hpp"
#include "shape/filter.hpp"

#include <algorithm>
#include <array>

namespace atalaya::audit_log {

audit::Search read_search(api::Call& call);

/// The parameters that read_search knows.
inline constexpr std::array search_parameters{
    api::Parameter{"q", "A query: `actor:ada@example.com action:server.* -outcome:ok since:24h "
                        "\"left door\"`. Keys are actor, action, outcome, kind, resource, name, "
                        "ip, from, to and since; a term without a key is searched in all texts."},
    api::Parameter{"actor", "Only what this user, key or agent did.", api::ParameterKind::uuid},
    api::Parameter{"action", "Only events of this action; a star at its end stands for the rest."},
    api::Parameter{"outcome", "ok, denied or failed."},
    api::Parameter{"resource_type", "Only events about things of this kind."},
    api::Parameter{"resource_id", "Only events about this thing.", api::ParameterKind::uuid},
    api::Parameter{"ip", "Only from this address; a star at its end stands for the rest."},
    api::Parameter{"from", "Not before this time.", api::ParameterKind::time},
    api::Parameter{"to", "Before this time.", api::ParameterKind::time}};

/// These parameters and those of the search.
template <std::size_t Size>
constexpr auto with_search_parameters(const std::array<api::Parameter, Size>& own) {
    std::array<api::Parameter, Size + search_parameters.size()> all;
    std::copy(own.begin(), own.end(), all.begin());
    std::copy(search_parameters.begin(), search_parameters.end(), all.begin() + Size);
    return all;
}

} // namespace atalaya::audit_log
