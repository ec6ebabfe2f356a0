// The signer: a program of its own that signs checkpoints of every chain with a key that the server
// and the database cannot read, and refuses to sign what contradicts what it signed before.
//
// `atalaya signer`, on the main thread; the server starts it beside itself (kept_child.hpp).
// Below <data>/signer: `key` (0400, its user's alone), `state` (what it signed; readable, so that
// the server can compare at its start), `origin` (its name and public key), and `rotations.txt`
// (the signed changes of its key). A file `rotate` asks it to change the key; one named `key.next`
// is left by a change that was cut off, and is finished or forgotten at the next start.
#pragma once

#include "audit/signer_state.hpp"
#include "config/config.hpp"

#include <filesystem>

namespace atalaya::server_program {

/// Until SIGTERM or SIGINT; the exit status.
int run_signer(const config::Config& config);

/// Asks the signer of this data directory to change its key, and waits for a while; the exit
/// status.
int request_rotation(const config::Config& config);

/// The user of the system that the signer becomes, and nobody else is; empty: it runs as we do.
std::string find_signer_user(const config::Config& config);

/// What the signer of this data directory remembers; absent when none was ever started here. Throws
/// StartRefused when it cannot be read.
std::optional<audit::SignerState> read_signer_state(const std::filesystem::path& data_dir);

} // namespace atalaya::server_program
