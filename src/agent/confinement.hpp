// What the agent gives up before it talks to anybody: root, the way back to it, files that are none
// of its business, and every system call by which it could listen or start a program.
//
// Called once by the main thread before it starts another. Throws std::runtime_error with one clear
// line; what an older kernel lacks is reported, not fatal.
#pragma once

#include "agent/disk.hpp"

#include <string>

namespace atalaya::agent {

/// Root becomes `user` (empty: atalaya-agent if there is such a user, else nobody), who gets the
/// spool directory. Others stay who they are.
void drop_privileges(const std::string& user, PosixDisk& spool);

struct Confinement {
    bool files =
        false; ///< Landlock: the spool and the resolver's files, nothing else can be opened
    bool calls = false; ///< seccomp: listen, accept, exec and their like end the process
};
Confinement confine(PosixDisk& spool);

/// For `prove`: one line for each restriction.
std::string confinement_text();

} // namespace atalaya::agent
