// The parts of a request that are not its body: path parameters and the query. Values; any thread.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atalaya::api {

/// Values of the `{…}` segments of a route.
class PathParameters {
  public:
    void add(std::string_view name, std::string_view value) { values_.emplace_back(name, value); }
    /// The segment's text; LogicFault when the route has no such segment.
    const std::string& text(std::string_view name) const;
    /// Throws Problem `not_found` for what is no UUID: such an object cannot exist.
    Uuid uuid(std::string_view name) const;
    template <class T>
    T id(std::string_view name) const {
        return T(uuid(name));
    }

  private:
    std::vector<std::pair<std::string, std::string>> values_;
};

enum class ParameterKind : std::uint8_t { text, integer, time, uuid };

/// A parameter that a route's query may hold.
struct Parameter {
    std::string_view name;
    std::string_view summary;
    ParameterKind kind = ParameterKind::text;
    bool repeats = false; ///< may be given more than once
};

/// The decoded query of a request. Getters throw Problem `invalid` with the pointer `?name` for a
/// bad value.
class Query {
  public:
    Query() = default;
    /// Throws Problem `bad_request` for broken escapes or text that is not UTF-8.
    explicit Query(std::string_view raw);

    std::optional<std::string> find_text(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
    std::optional<std::int64_t> find_integer(std::string_view name, std::int64_t min,
                                             std::int64_t max) const;
    std::optional<Time> find_time(std::string_view name) const;
    std::optional<Uuid> find_uuid(std::string_view name) const;
    /// Refuses every parameter that is not named here, so that a misspelt filter is not silently no
    /// filter.
    void allow_only(const std::vector<Parameter>& known) const;

    const std::vector<std::pair<std::string, std::string>>& values() const { return values_; }

  private:
    std::vector<std::pair<std::string, std::string>> values_;
};

} // namespace atalaya::api
