// The installation's own certificate authority, made on first run, and the server certificate it
// signs.
//
// Files in one directory: ca.pem, ca.key, server.pem (leaf, then CA), server.key; keys are 0600,
// every write is durable and atomic. The server's key outlives renewals, so that pins of it stay
// true. Called at start and by a daily job, never by two threads at once. Throws std::runtime_error
// with one clear line.
#pragma once

#include "base/time.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace atalaya::net {

struct LocalCertificate {
    std::filesystem::path ca;          ///< what clients trust
    std::filesystem::path certificate; ///< for ServerOptions
    std::filesystem::path key;
    bool issued = false; ///< a new server certificate was written: reload it
};

/// Makes what is missing. The server certificate is issued anew when it has less than 30 days left
/// or its names differ from localhost, 127.0.0.1, ::1, this host's name and `names` (host names and
/// IP addresses).
LocalCertificate ensure_local_certificate(const std::filesystem::path& directory,
                                          const std::vector<std::string>& names,
                                          const Clock& clock);

} // namespace atalaya::net
