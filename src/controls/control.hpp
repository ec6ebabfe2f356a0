// The catalogue of controls: what is promised, how it is kept, and what shows it. Generated from
// docs/controls when the program is built, so what the Trust page says is what the repository says.
// Static storage; any thread; cannot fail.
#pragma once

#include <span>
#include <string_view>

namespace atalaya::controls {

/// Texts are plain paragraphs, divided by an empty line; names of files and fields stand in
/// backticks.
struct Control {
    std::string_view id;    ///< "H7"
    std::string_view title; ///< "Recovery codes work once"
    std::string_view claim;
    std::string_view state; ///< "kept", "partly", "not yet" or "not pursued"
    std::string_view how;
    std::string_view checking;
    std::string_view gaps; ///< empty when nothing is left open
    std::span<const std::string_view>
        checks; ///< names of checks that run in production; often none
    std::span<const std::string_view>
        tests; ///< "tests/api/flows_pgtest.cpp Flows.GuessingIsSlowedDown"
    std::span<const std::string_view> maps; ///< "GDPR Art. 32"
};

/// In the order of the catalogue: H, A, T, M, L, B, each by number.
std::span<const Control> list_controls();

} // namespace atalaya::controls
