// What the query API answers, as text: written at once and never built as a tree, since it may have
// millions of values. Pure; any thread.
#pragma once

#include "net/message.hpp"
#include "promql/evaluate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atalaya::metrics {

/// An answer lies in memory as a whole until it is sent.
inline constexpr std::size_t answer_bytes_max = std::size_t{128} << 20;

/// As Prometheus prints it: `+Inf`, `NaN`, or the shortest digits that mean this very number.
void append_number(std::string& out, double value);
/// Milliseconds as seconds: `1435781451.781`.
void append_time(std::string& out, std::int64_t time_ms);
/// `{"__name__":"up","job":"api"}`
void append_labels(std::string& out, const Labels& labels);
/// `["a","b"]`
void append_texts(std::string& out, const std::vector<std::string>& texts);

/// `{"resultType":"matrix","result":[...]}` without the closing brace, so that more may follow.
/// Of a range, `matrix` holds; of one time, what the value's type says.
/// Throws Problem `query_failed` when it would be longer than `bytes_max`.
void append_value(std::string& out, const promql::Value& value, std::int64_t time_ms,
                  std::size_t bytes_max = answer_bytes_max);

/// The envelope of success around `data`, which is JSON.
net::Response make_answer(std::string_view data, const std::vector<std::string>& warnings = {},
                          const std::vector<std::string>& infos = {});

} // namespace atalaya::metrics
