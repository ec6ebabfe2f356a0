// `atalaya-verify witness`: a C2SP witness for logs of anybody, apart from the server whose record
// it looks at.
//
// On the main thread until SIGTERM or SIGINT; requests come on the listener's threads, one at a
// time. Below the directory: one file for each log, its checkpoint that was cosigned last, durable
// before the answer leaves. A witness that lost them must get a new key.
#pragma once

namespace atalaya::verify {

/// `argv[1]` is the word `witness`. 0 at the end, 1 when it cannot begin, 2 usage.
int run_witness(int argc, char** argv);

} // namespace atalaya::verify
