// The seam through which the keyring touches a disk. Each call is one step that power or process
// may not survive, so that a simulation can stop between any two; production uses PosixKeyDisk.
//
// Paths are relative to the keyring's directory: "kek", or "folder/name". Called by one thread at a
// time. Failures of the disk throw std::system_error; what is there but must not be trusted throws
// KeyringRefused.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace atalaya::keyring {

/// The keyring cannot be used as it stands; what() is one line for the operator, without any key.
struct KeyringRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class KeyDisk {
  public:
    virtual ~KeyDisk() = default;

    /// For messages: where the keyring is.
    virtual std::string name() const = 0;
    virtual bool writable() const = 0;

    /// Names in a folder ("" is the keyring itself), folders included; empty when it does not
    /// exist.
    virtual std::vector<std::string> list(const std::string& folder) = 0;
    virtual std::optional<Bytes> read(const std::string& path) = 0;

    virtual void make_folder(const std::string& folder) = 0;            ///< nothing when it exists
    virtual void write(const std::string& path, BytesView content) = 0; ///< a new file, mode 0400
    virtual void sync_file(const std::string& path) = 0;
    virtual void rename(const std::string& from, const std::string& to) = 0;
    virtual void remove(const std::string& path) = 0; ///< nothing when it does not exist
    /// Makes the names in the folder durable: before it, a rename or a removal may be undone.
    virtual void sync_folder(const std::string& folder) = 0;
};

} // namespace atalaya::keyring
