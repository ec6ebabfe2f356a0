// How the signer beside a running server is started: this same program, with the words and the
// environment that this process was started with. Any thread.
#pragma once

#include "server/kept_child.hpp"

namespace atalaya::server_program {

ChildCommand signer_command();

} // namespace atalaya::server_program
