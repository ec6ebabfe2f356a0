// The parameters of one question to the query API: those of the address, and of a posted form
// before them.
//
// A value on the stack of its request. What cannot be read throws Problem `bad_request` with the
// words that Prometheus has for it.
#pragma once

#include "api/call.hpp"
#include "promql/source.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::metrics {

/// Milliseconds since 1970 that any answer can speak of: the end of the year 9999, and as far back.
inline constexpr std::int64_t time_ms_max = 253'402'300'799'999;

/// `invalid parameter "step": ...`
[[noreturn]] void refuse_parameter(std::string_view name, const std::string& reason);

/// RFC 3339, or seconds since 1970 with a fraction.
std::optional<std::int64_t> parse_time_ms(std::string_view text);
/// The name that `U__…` stands for where UTF-8 cannot be written; other names are as they are.
std::optional<std::string> unescape_label_name(std::string_view name);

class Inputs {
  public:
    /// Throws Problem `unsupported_media` for a body that is no form.
    explicit Inputs(const api::Call& call);

    /// Empty when it was not given.
    std::string text(std::string_view name) const;
    std::int64_t time_ms(std::string_view name, std::int64_t otherwise) const;
    std::optional<std::int64_t> find_duration_ms(std::string_view name) const;
    /// As many as an answer may list; 0: all.
    std::size_t limit() const;
    /// One list of conditions for each `match[]`.
    std::vector<promql::Matchers> matchers() const;
    /// From `start` to `end`, without bounds where they are not given.
    promql::TimeRange range() const;

  private:
    std::vector<std::pair<std::string, std::string>> values_;
};

} // namespace atalaya::metrics
