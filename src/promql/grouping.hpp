// Which labels of a series count when series are put together: those of `by` and `on`, or all but
// those of `without` and `ignoring`.
//
// Pure; any thread.
#pragma once

#include "promql/frame.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::promql {

class Grouping {
  public:
    /// Without `only`, the metric's name never counts.
    Grouping(bool only, std::span<const std::string> labels);

    /// Equal for series that belong together; valid until the next call.
    const std::string& key_of(const Labels& labels);
    SharedLabels labels_of(const Labels& labels) const;

  private:
    bool counts(std::string_view name) const;

    bool only_;
    std::vector<std::string> labels_; ///< sorted
    std::string key_;
};

} // namespace atalaya::promql
