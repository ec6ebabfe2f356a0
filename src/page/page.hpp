// Serves the page: files of the build from memory, and its index for every other path, since the
// page routes itself. Pure; any thread.
#pragma once

#include "net/message.hpp"
#include "page/embedded.hpp"

namespace atalaya::page {

/// Picks the smallest encoding that the browser takes. Files under /assets/ never change under one
/// name.
net::Response answer(const net::Request& request,
                     std::span<const EmbeddedFile> files = embedded_files());

} // namespace atalaya::page
