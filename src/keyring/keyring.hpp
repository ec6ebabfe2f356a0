// The keys that the database must never hold: one key-encryption key, and sealed under it a key for
// each team, each person and each system purpose, one small file each. Destroying a team's or a
// person's file is what makes their ciphertext unreadable, in every backup of the database too.
//
//   kek                   32 random bytes, mode 0400
//   system/<name>.key     context, audit seal, pepper, blind index, ...
//   teams/<uuid>.key      persons/<uuid>.key
//
// Owned by the program; any thread. A new key is durable before the call that makes it returns,
// hence before the first ciphertext that needs it can be committed. Opening throws KeyringRefused
// with one line for the operator. Later a full disk ends the request with storage_full; sealing
// under a key that is gone, with not_found.
#pragma once

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"
#include "keyring/key_disk.hpp"
#include "keyring/posix_key_disk.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace atalaya::keyring {

enum class KeyKind : std::uint8_t { system = 1, team = 2, person = 3 };

/// Whose key: a team's or a person's.
struct KeyRef {
    KeyRef(TeamId team) : kind(KeyKind::team), id(team) {}
    KeyRef(UserId person) : kind(KeyKind::person), id(person) {}

    KeyKind kind;
    Uuid id;

    bool operator==(const KeyRef&) const = default;
};

class Keyring {
  public:
    /// Makes a fresh keyring when the directory is missing or empty.
    static std::unique_ptr<Keyring> open(const std::filesystem::path& directory, Random& random,
                                         Access access = Access::owner);
    Keyring(std::unique_ptr<KeyDisk> disk, Random& random);
    ~Keyring();

    /// 32 bytes, made on first use. Names are of [a-z0-9_], at most 40 characters.
    Secret system_key(std::string_view name);

    /// Making a key that exists changes nothing, so that an interrupted act can be repeated.
    void create_key(KeyRef owner);
    bool has_key(KeyRef owner);
    /// For good. Destroying a key that does not exist changes nothing.
    void destroy_key(KeyRef owner);

    /// One sealed body, bound to its purpose ("server.body"), owner and row.
    Bytes seal(KeyRef owner, std::string_view purpose, const Uuid& row, BytesView plain);
    /// Absent when the key is gone, or the blob was altered or sealed for another place.
    std::optional<Bytes> open_sealed(KeyRef owner, std::string_view purpose, const Uuid& row,
                                     BytesView blob);

    /// For equality and uniqueness of sealed values: the same only for the same team, purpose and
    /// value.
    crypto::Hash blind_index(TeamId team, std::string_view purpose, std::string_view value);
    /// The same across teams, for what is unique in the whole installation.
    crypto::Hash system_blind_index(std::string_view purpose, std::string_view value);

    /// Reads every file and reports each that cannot be used, for the operator's check.
    std::vector<std::string> list_damage();

  private:
    struct Key {
        Secret secret;
        std::uint32_t epoch = 0;
        std::map<std::string, Secret, std::less<>> subkeys;
    };
    struct KeyRefHash {
        std::size_t operator()(const KeyRef& ref) const noexcept {
            return std::hash<Uuid>()(ref.id) ^ static_cast<std::size_t>(ref.kind);
        }
    };
    struct Subkey {
        Secret secret;
        std::uint32_t epoch;
    };

    void load_kek();
    void load_system_keys();
    void remove_leftovers();
    std::optional<Key> find_key_file(const std::string& path, BytesView identity);
    Key get_or_make_key_file(const std::string& path, BytesView identity);
    void store(const std::string& path, BytesView content);
    std::optional<Subkey> find_subkey(KeyRef owner, std::string_view purpose);
    Subkey get_subkey(KeyRef owner, std::string_view purpose);

    std::unique_ptr<KeyDisk> disk_;
    Random& random_;
    Secret kek_;
    std::mutex disk_mutex_; ///< taken before cache_mutex_, and held over every look at the disk
    std::shared_mutex cache_mutex_;
    std::unordered_map<KeyRef, Key, KeyRefHash> keys_;
    std::map<std::string, Secret, std::less<>> system_keys_;
};

} // namespace atalaya::keyring
