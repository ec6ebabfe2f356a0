#include "keyring/keyring.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"
#include "crypto/aead.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/mman.h>
#include <system_error>

namespace atalaya::keyring {

namespace {

constexpr std::string_view kek_path = "kek";
constexpr std::string_view key_suffix = ".key";
constexpr std::string_view temporary_suffix = ".new";
constexpr std::array<std::string_view, 3> folders{"system", "teams", "persons"};
constexpr std::string_view check_name =
    "kek_check"; ///< a key that proves at open that the kek is the right one
constexpr std::string_view index_name = "blind_index";
constexpr std::string_view key_file_magic = "ATLKEY1\n";
constexpr std::size_t key_size = 32;
constexpr std::uint32_t first_epoch = 1;
constexpr std::uint8_t blob_version = 1;
/// Bounds the cache; past it every key is read anew, which costs tens of microseconds each.
constexpr std::size_t cached_keys_max = 65'536;

std::string system_path(std::string_view name) {
    return "system/" + std::string(name) + std::string(key_suffix);
}

std::string path_of(const KeyRef& owner) {
    return (owner.kind == KeyKind::team ? "teams/" : "persons/") + to_string(owner.id) +
           std::string(key_suffix);
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.find('/');
    return slash == path.npos ? "" : path.substr(0, slash);
}

Writer& put_text(Writer& out, std::string_view text) {
    return out.u16(static_cast<std::uint16_t>(text.size())).raw(text);
}

/// Whose key a file holds, as authenticated data: a file moved to another's place does not open.
Bytes identity_of(KeyKind kind, BytesView id) {
    Writer out;
    out.u8(static_cast<std::uint8_t>(kind)).raw(id);
    return std::move(out).take();
}
Bytes identity_of(const KeyRef& owner) { return identity_of(owner.kind, owner.id.bytes); }
Bytes identity_of(std::string_view name) { return identity_of(KeyKind::system, as_bytes(name)); }

Bytes key_file_aad(std::uint32_t epoch, BytesView identity) {
    Writer out;
    out.raw(key_file_magic).u32(epoch).raw(identity);
    return std::move(out).take();
}

/// What a blob is bound to; the lengths keep two purposes from ever reading alike.
Bytes blob_aad(std::string_view purpose, const KeyRef& owner, const Uuid& row,
               std::uint32_t epoch) {
    Writer out;
    put_text(out, purpose);
    out.u8(static_cast<std::uint8_t>(owner.kind)).raw(owner.id.bytes).raw(row.bytes).u32(epoch);
    return std::move(out).take();
}

Secret derive(const Secret& key, std::string_view use, std::string_view purpose) {
    const std::string info = "atalaya." + std::string(use) + ".v1|" + std::string(purpose);
    return Secret(crypto::hkdf_sha256(key.reveal(), info, key_size));
}

bool is_system_name(std::string_view name) {
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// The name of the key in a file of the folder; nullopt for a file that no keyring writes.
std::optional<std::string> parse_key_name(std::string_view folder, std::string_view file) {
    if (!file.ends_with(key_suffix)) {
        return std::nullopt;
    }
    const std::string name(file.substr(0, file.size() - key_suffix.size()));
    if (folder == "system" ? !is_system_name(name)
                           : !parse_uuid(name) || to_string(*parse_uuid(name)) != name) {
        return std::nullopt;
    }
    return name;
}

} // namespace

std::unique_ptr<Keyring> Keyring::open(const std::filesystem::path& directory, Random& random,
                                       Access access) {
    return std::make_unique<Keyring>(std::make_unique<PosixKeyDisk>(directory, access), random);
}

Keyring::Keyring(std::unique_ptr<KeyDisk> disk, Random& random)
    : disk_(std::move(disk)), random_(random) {
    for (const std::string& entry : disk_->list("")) {
        const bool ours = entry == kek_path || entry.ends_with(temporary_suffix) ||
                          std::find(folders.begin(), folders.end(), entry) != folders.end();
        if (!ours) {
            throw KeyringRefused("keyring " + disk_->name() + ": " + entry +
                                 " does not belong here; is this the right directory?");
        }
    }
    load_kek();
    if (disk_->writable()) {
        for (const std::string_view folder : folders) {
            disk_->make_folder(std::string(folder));
        }
        // A name that an interrupted run left behind is in use from now on, so it must last.
        disk_->sync_folder("");
        for (const std::string_view folder : folders) {
            disk_->sync_folder(std::string(folder));
        }
        remove_leftovers();
    }
    load_system_keys();
}

Keyring::~Keyring() { munlock(kek_.reveal().data(), kek_.reveal().size()); }

void Keyring::load_kek() {
    std::optional<Bytes> stored = disk_->read(std::string(kek_path));
    if (!stored) {
        // A second kek beside keys of a first one would lock everybody out for good.
        for (const std::string_view folder : folders) {
            if (!disk_->list(std::string(folder)).empty()) {
                throw KeyringRefused(
                    "keyring " + disk_->name() +
                    ": kek is missing but keys exist; restore kek from its backup");
            }
        }
        if (!disk_->writable()) {
            throw KeyringRefused("keyring " + disk_->name() + " is empty");
        }
        stored = random_.bytes(key_size);
        store(std::string(kek_path), *stored);
    }
    if (stored->size() != key_size) {
        throw KeyringRefused("keyring " + disk_->name() + ": kek is damaged (" +
                             std::to_string(stored->size()) + " bytes instead of 32)");
    }
    kek_ = Secret(std::move(*stored));
    mlock(kek_.reveal().data(), kek_.reveal().size()); // best effort: a limit may forbid it
}

void Keyring::load_system_keys() {
    for (const std::string& file : disk_->list("system")) {
        if (file.ends_with(temporary_suffix)) {
            continue; // of the owner beside whom we read
        }
        const auto name = parse_key_name("system", file);
        if (!name) {
            throw KeyringRefused("keyring " + disk_->name() + ": system/" + file +
                                 " does not belong here");
        }
        std::optional<Key> key = find_key_file(system_path(*name), identity_of(*name));
        if (key) {
            system_keys_[*name] = std::move(key->secret);
        }
    }
    if (disk_->writable()) {
        system_key(check_name);
    }
}

void Keyring::remove_leftovers() {
    for (const std::string_view folder : {std::string_view(), folders[0], folders[1], folders[2]}) {
        for (const std::string& file : disk_->list(std::string(folder))) {
            if (file.ends_with(temporary_suffix)) {
                disk_->remove(folder.empty() ? file : std::string(folder) + "/" + file);
            }
        }
    }
}

std::optional<Keyring::Key> Keyring::find_key_file(const std::string& path, BytesView identity) {
    const std::optional<Bytes> stored = disk_->read(path);
    if (!stored) {
        return std::nullopt;
    }
    Reader in(*stored);
    const bool known = in.text(key_file_magic.size()) == key_file_magic;
    const std::uint32_t epoch = in.u32();
    const BytesView nonce = in.raw(crypto::aead_nonce_size);
    const BytesView sealed = in.raw(key_size + crypto::aead_tag_size);
    if (!known || !in.done()) {
        throw KeyringRefused("keyring " + disk_->name() + ": " + path + " is damaged");
    }
    auto secret = crypto::open(kek_, nonce, sealed, key_file_aad(epoch, identity));
    if (!secret) {
        throw KeyringRefused("keyring " + disk_->name() + ": " + path +
                             " is altered or was not sealed under this kek");
    }
    return Key{Secret(std::move(*secret)), epoch, {}};
}

Keyring::Key Keyring::get_or_make_key_file(const std::string& path, BytesView identity) {
    if (std::optional<Key> found = find_key_file(path, identity)) {
        disk_->sync_folder(
            folder_of(path)); // the call that made it may have failed at this very step
        return std::move(*found);
    }
    Key key{Secret(random_.bytes(key_size)), first_epoch, {}};
    const Bytes nonce = random_.bytes(crypto::aead_nonce_size);
    Writer out;
    out.raw(key_file_magic).u32(key.epoch).raw(nonce);
    out.raw(crypto::seal(kek_, nonce, key.secret.reveal(), key_file_aad(key.epoch, identity)));
    store(path, out.bytes());
    return key;
}

/// Old or new, never half: the content is durable before it gets its name, the name before we
/// return.
void Keyring::store(const std::string& path, BytesView content) {
    const std::string temporary = path + std::string(temporary_suffix);
    try {
        disk_->remove(temporary);
        disk_->write(temporary, content);
        disk_->sync_file(temporary);
        disk_->rename(temporary, path);
        disk_->sync_folder(folder_of(path));
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::no_space_on_device || error.code().value() == EDQUOT) {
            throw Problem(problems::storage_full).because(error.what());
        }
        throw;
    }
}

Secret Keyring::system_key(std::string_view name) {
    CHECK_REQUEST(is_system_name(name));
    {
        const std::shared_lock lock(cache_mutex_);
        if (const auto found = system_keys_.find(name); found != system_keys_.end()) {
            return found->second;
        }
    }
    const std::scoped_lock disk_lock(disk_mutex_);
    const std::string path = system_path(name);
    if (!disk_->writable()) {
        throw KeyringRefused("keyring " + disk_->name() + ": " + path + " is missing");
    }
    const Key key = get_or_make_key_file(path, identity_of(name));
    const std::unique_lock lock(cache_mutex_);
    return system_keys_[std::string(name)] = key.secret;
}

void Keyring::create_key(KeyRef owner) {
    CHECK_REQUEST(disk_->writable());
    const std::scoped_lock disk_lock(disk_mutex_);
    get_or_make_key_file(path_of(owner), identity_of(owner));
}

bool Keyring::has_key(KeyRef owner) {
    {
        const std::shared_lock lock(cache_mutex_);
        if (keys_.contains(owner)) {
            return true;
        }
    }
    const std::scoped_lock disk_lock(disk_mutex_);
    return find_key_file(path_of(owner), identity_of(owner)).has_value();
}

void Keyring::destroy_key(KeyRef owner) {
    CHECK_REQUEST(disk_->writable());
    // Held over all of it: nobody can read the file back into the cache between removal and purge.
    const std::scoped_lock disk_lock(disk_mutex_);
    const std::string path = path_of(owner);
    disk_->remove(path);
    disk_->sync_folder(folder_of(path));
    const std::unique_lock lock(cache_mutex_);
    keys_.erase(owner);
}

std::optional<Keyring::Subkey> Keyring::find_subkey(KeyRef owner, std::string_view purpose) {
    {
        const std::shared_lock lock(cache_mutex_);
        if (const auto key = keys_.find(owner); key != keys_.end()) {
            const auto subkey = key->second.subkeys.find(purpose);
            if (subkey != key->second.subkeys.end()) {
                return Subkey{subkey->second, key->second.epoch};
            }
        }
    }
    const std::scoped_lock disk_lock(disk_mutex_);
    std::optional<Key> loaded = find_key_file(path_of(owner), identity_of(owner));
    if (!loaded) {
        return std::nullopt;
    }
    const std::unique_lock lock(cache_mutex_);
    if (keys_.size() >= cached_keys_max && !keys_.contains(owner)) {
        keys_.clear();
    }
    Key& key = keys_.try_emplace(owner, std::move(*loaded)).first->second;
    Secret& subkey = key.subkeys[std::string(purpose)];
    if (subkey.empty()) {
        subkey = derive(key.secret, "subkey", purpose);
    }
    return Subkey{subkey, key.epoch};
}

Keyring::Subkey Keyring::get_subkey(KeyRef owner, std::string_view purpose) {
    std::optional<Subkey> subkey = find_subkey(owner, purpose);
    if (!subkey) {
        throw Problem(problems::not_found)
            .because("no " + path_of(owner) + " in the keyring, needed for " +
                     std::string(purpose));
    }
    return std::move(*subkey);
}

Bytes Keyring::seal(KeyRef owner, std::string_view purpose, const Uuid& row, BytesView plain) {
    const Subkey key = get_subkey(owner, purpose);
    const Bytes nonce = random_.bytes(crypto::aead_nonce_size);
    Writer out;
    out.u8(blob_version).u32(key.epoch).raw(nonce);
    out.raw(crypto::seal(key.secret, nonce, plain, blob_aad(purpose, owner, row, key.epoch)));
    return std::move(out).take();
}

std::optional<Bytes> Keyring::open_sealed(KeyRef owner, std::string_view purpose, const Uuid& row,
                                          BytesView blob) {
    Reader in(blob);
    const bool known = in.u8() == blob_version;
    const std::uint32_t epoch = in.u32();
    const BytesView nonce = in.raw(crypto::aead_nonce_size);
    const BytesView sealed = in.raw(in.left());
    if (!known || !in.ok()) {
        return std::nullopt;
    }
    const std::optional<Subkey> key = find_subkey(owner, purpose);
    if (!key || key->epoch != epoch) {
        return std::nullopt;
    }
    return crypto::open(key->secret, nonce, sealed, blob_aad(purpose, owner, row, epoch));
}

crypto::Hash Keyring::blind_index(TeamId team, std::string_view purpose, std::string_view value) {
    const Subkey key = get_subkey(team, "index|" + std::string(purpose));
    return crypto::hmac_sha256(key.secret.reveal(), as_bytes(value));
}

crypto::Hash Keyring::system_blind_index(std::string_view purpose, std::string_view value) {
    const Secret key = derive(system_key(index_name), "index", purpose);
    return crypto::hmac_sha256(key.reveal(), as_bytes(value));
}

std::vector<std::string> Keyring::list_damage() {
    const std::scoped_lock disk_lock(disk_mutex_);
    std::vector<std::string> out;
    for (const std::string_view folder : folders) {
        for (const std::string& file : disk_->list(std::string(folder))) {
            const std::string path = std::string(folder) + "/" + file;
            const auto name = parse_key_name(folder, file);
            if (!name) {
                if (!file.ends_with(temporary_suffix)) {
                    out.push_back("keyring " + disk_->name() + ": " + path +
                                  " does not belong here");
                }
                continue;
            }
            try {
                const Bytes identity = folder == "system" ? identity_of(*name)
                                       : folder == "teams"
                                           ? identity_of(KeyRef(TeamId(*parse_uuid(*name))))
                                           : identity_of(KeyRef(UserId(*parse_uuid(*name))));
                find_key_file(path, identity);
            } catch (const std::runtime_error& damage) { // refused, or the disk's own failure
                out.push_back(damage.what());
            }
        }
    }
    return out;
}

} // namespace atalaya::keyring
