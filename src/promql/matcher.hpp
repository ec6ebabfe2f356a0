// One condition on a label, as PromQL writes it: `job="api"`, `path!~"/health.*"`.
//
// An immutable value, cheap to copy; any thread. Regular expressions are RE2's, anchored at both
// ends, and cost time linear in the text whatever the expression is.
#pragma once

#include "base/result.hpp"
#include "base/series.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace atalaya::promql {

enum class MatchKind { equal, not_equal, matches, not_matches };

class Matcher {
  public:
    /// Fails with RE2's words for an expression that is none, or whose program would be too large.
    static Result<Matcher> make(MatchKind kind, std::string name, std::string value);

    /// An absent label has the empty value.
    bool accepts(std::string_view value) const;

    MatchKind kind() const { return kind_; }
    const std::string& name() const { return name_; }
    const std::string& value() const { return value_; }

  private:
    Matcher(MatchKind kind, std::string name, std::string value);

    MatchKind kind_;
    std::string name_;
    std::string value_;
    std::shared_ptr<const re2::RE2> expression_; ///< of the two kinds that have one
};

using Matchers = std::vector<Matcher>;

bool accept(const Matchers& matchers, const Labels& labels);

} // namespace atalaya::promql
