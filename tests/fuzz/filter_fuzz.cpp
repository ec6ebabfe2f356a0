// What any text does to the reader of queries: it is refused at a place inside it, or it is read
// into terms that say the same when they are written and read again. Built for libFuzzer by
// `clang++ -fsanitize=fuzzer`, and as an ordinary test by filter_fuzz_test.cpp.
#include "base/text.hpp"
#include "shape/filter.hpp"

#include <array>
#include <cstdlib>

namespace {

using namespace atalaya::shape;

constexpr std::array<std::string_view, 2> choices{"ok", "denied"};
constexpr std::array keys{
    FilterKey{"actor", FilterValue::text}, FilterKey{"action", FilterValue::pattern},
    FilterKey{"outcome", FilterValue::choice, choices}, FilterKey{"from", FilterValue::instant},
    FilterKey{"since", FilterValue::span}};

void demand(bool holds) {
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view query(reinterpret_cast<const char*>(data), size);
    if (!atalaya::is_utf8(query))
        return 0;
    const auto parsed = parse_filter(query, keys);
    const std::size_t length = atalaya::count_code_points(query);
    if (const auto* error = std::get_if<FilterError>(&parsed)) {
        demand(error->at.begin <= error->at.end && error->at.end <= length);
        demand(!error->reason.empty() && !error->hint.empty());
        return 0;
    }
    const auto& terms = std::get<0>(parsed);
    for (const FilterTerm& term : terms)
        demand(term.at.begin < term.at.end && term.at.end <= length);
    const std::string written = write_filter(terms);
    if (written.size() > filter_bytes_max)
        return 0;
    const auto again = parse_filter(written, keys);
    demand(again.index() == 0 && std::get<0>(again).size() == terms.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
        FilterTerm term = std::get<0>(again)[i];
        term.at = terms[i].at;
        demand(term == terms[i]);
    }
    return 0;
}
