// Finds the endpoint of a path. Built once, then read-only; any thread.
//
// A literal segment wins over a `{name}` segment, and a literal never matches as a parameter's
// value would, so that /sessions/current cannot be taken for a session whose id is "current".
#pragma once

#include "api/endpoint.hpp"

#include <map>
#include <memory>

namespace atalaya::api {

class Router {
  public:
    struct Route {
        std::string path; ///< whole
        const Endpoint* endpoint;
    };

    /// `endpoints` must outlive the router; their paths begin behind `base`. Throws LogicFault for
    /// two endpoints on one verb and path, and for one of a team without a permission.
    void add(std::string_view base, std::span<const Endpoint> endpoints);

    struct Match {
        const Endpoint* endpoint =
            nullptr; ///< null: no such path, or (with `allowed` not empty) not this verb
        PathParameters path;
        std::string allowed; ///< verbs of the path, for the Allow header
    };
    Match find(std::string_view method, std::string_view path) const;

    const std::vector<Route>& routes() const { return routes_; }
    /// The scopes with which an API key reaches at least one endpoint, in the table's order.
    std::vector<std::string_view> scopes() const;

  private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> parameter;
        std::string parameter_name;
        std::map<std::string, const Endpoint*, std::less<>> verbs;
    };
    Node root_;
    std::vector<Route> routes_;
};

} // namespace atalaya::api
