// `atalaya-verify trust FILE [--vkey KEY]`: whether a report of a Trust page is as it was signed.
#pragma once

namespace atalaya::verify {

/// `argv[1]` is the word `trust`. Gives the exit code: 0 signed by that key, 40 not, 2 unreadable
/// or usage.
int run_trust(int argc, char** argv);

} // namespace atalaya::verify
