#include "audit/stretches.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {

std::string write_stretches(const std::vector<std::int64_t>& seqs) {
    std::string out;
    for (std::size_t first = 0; first < seqs.size();) {
        std::size_t last = first;
        while (last + 1 < seqs.size() && seqs[last + 1] == seqs[last] + 1)
            ++last;
        out += (out.empty() ? "" : ",") + std::to_string(seqs[first]);
        if (last > first)
            out += "-" + std::to_string(seqs[last]);
        first = last + 1;
    }
    return out;
}

std::optional<std::vector<std::pair<std::int64_t, std::int64_t>>>
parse_stretches(std::string_view text) {
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    if (text.empty())
        return out;
    for (const std::string_view stretch : split(text, ',')) {
        const auto hyphen = stretch.find('-');
        const auto first = parse_integer(stretch.substr(0, hyphen));
        const auto last =
            hyphen == stretch.npos ? first : parse_integer(stretch.substr(hyphen + 1));
        if (!first || !last || *last < *first)
            return std::nullopt;
        out.emplace_back(*first, *last);
    }
    return out;
}

bool names_all(std::string_view text, const std::vector<std::int64_t>& seqs) {
    const auto stretches = parse_stretches(text);
    return stretches && std::ranges::all_of(seqs, [&](std::int64_t seq) {
               return std::ranges::any_of(*stretches, [&](const auto& stretch) {
                   return stretch.first <= seq && seq <= stretch.second;
               });
           });
}

} // namespace atalaya::audit
