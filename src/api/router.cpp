#include "api/router.hpp"

#include "base/check.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace atalaya::api {

void Router::add(std::string_view base, std::span<const Endpoint> endpoints) {
    for (const Endpoint& endpoint : endpoints) {
        routes_.push_back({std::string(base) + std::string(endpoint.path), &endpoint});
        // Whatever is of a team is somebody's to permit; what has no team has no roles.
        const bool in_team = routes_.back().path.find("{team}") != std::string::npos;
        CHECK_REQUEST(in_team == (endpoint.audience == Audience::team) &&
                      is_of_team(endpoint.audience) == endpoint.permission.has_value());
        Node* node = &root_;
        for (const std::string_view segment :
             split(std::string_view(routes_.back().path).substr(1), '/')) {
            std::unique_ptr<Node>* next;
            if (segment.starts_with('{')) {
                const std::string name(segment.substr(1, segment.size() - 2));
                CHECK_REQUEST(!node->parameter || node->parameter_name == name);
                node->parameter_name = name;
                next = &node->parameter;
            } else {
                next = &node->literals[std::string(segment)];
            }
            if (!*next)
                *next = std::make_unique<Node>();
            node = next->get();
        }
        const bool fresh = node->verbs.emplace(verb_name(endpoint.verb), &endpoint).second;
        CHECK_REQUEST(fresh);
    }
}

std::vector<std::string_view> Router::scopes() const {
    std::vector<std::string_view> out;
    for (const std::string_view scope : access::scopes()) {
        if (std::any_of(routes_.begin(), routes_.end(), [&](const Route& route) {
                const Endpoint& endpoint = *route.endpoint;
                const bool barred = endpoint.open_without_second_factor || endpoint.needs_step_up;
                return endpoint.permission && !barred &&
                       access::permission_entry(*endpoint.permission).scope == scope;
            }))
            out.push_back(scope);
    }
    return out;
}

Router::Match Router::find(std::string_view method, std::string_view path) const {
    Match match;
    const Node* node = &root_;
    if (!path.starts_with('/'))
        return match;
    for (const std::string_view segment : split(path.substr(1), '/')) {
        const auto literal = node->literals.find(segment);
        if (literal != node->literals.end()) {
            node = literal->second.get();
        } else if (node->parameter && !segment.empty()) {
            match.path.add(node->parameter_name, segment);
            node = node->parameter.get();
        } else {
            return match;
        }
    }
    for (const auto& [verb, endpoint] : node->verbs) {
        // A wrong method on an operators' path must not tell that there is one.
        if (endpoint->audience != Audience::operator_only)
            match.allowed += (match.allowed.empty() ? "" : ", ") + verb;
    }
    const auto found = node->verbs.find(method);
    if (found != node->verbs.end())
        match.endpoint = found->second;
    return match;
}

} // namespace atalaya::api
