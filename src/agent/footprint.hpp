// Gives back memory that only the start needed. Called by the main thread; cannot fail.
#pragma once

namespace atalaya::agent {

/// Unmaps the pages of program code and constants that are in memory (what is needed again comes
/// back from the page cache), and the free tail of the heap. Reading the configuration, loading the
/// authorities and the first handshake touch far more code than all that follows.
void give_back_startup_memory();

} // namespace atalaya::agent
