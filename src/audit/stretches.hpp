// Numbers of events as a text: "1-3,7", those that follow one another as a stretch. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atalaya::audit {

/// `seqs` ascend.
std::string write_stretches(const std::vector<std::int64_t>& seqs);
/// First and last of each stretch; absent for a text that is none.
std::optional<std::vector<std::pair<std::int64_t, std::int64_t>>>
parse_stretches(std::string_view text);
/// Whether the text names every one of these.
bool names_all(std::string_view text, const std::vector<std::int64_t>& seqs);

} // namespace atalaya::audit
