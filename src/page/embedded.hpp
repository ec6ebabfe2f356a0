// The files of the built page, as they lie in the program. Static storage; any thread.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <span>
#include <string_view>

namespace atalaya::page {

struct EmbeddedFile {
    std::string_view name; ///< "/assets/index-1a2b.js", "/assets/index-1a2b.js.br"
    BytesView content;
    std::string_view digest;
};

/// Sorted by name. Empty when the page was not built.
std::span<const EmbeddedFile> embedded_files();

} // namespace atalaya::page
