#include "api/key_memory.hpp"

namespace atalaya::api {
namespace {

constexpr Micros identity_kept = std::chrono::seconds(1);
constexpr Micros proof_kept = std::chrono::minutes(1);
constexpr Micros use_noted_every = std::chrono::minutes(1);
constexpr std::size_t remembered_max = 65'536;

template <class Memory, class T>
void put(Memory& memory, const std::string& key, T value, Time until) {
    if (memory.size() >= remembered_max)
        memory.clear();
    memory[key] = {std::move(value), until};
}

std::string text_of(const crypto::Hash& hash) { return std::string(as_text(hash)); }

} // namespace

KeyMemory::KeyMemory(const Clock& clock, Random& random)
    : clock_(clock), process_key_(random.bytes(32)) {}

SharedKeyIdentity KeyMemory::recall(const std::string& public_id) const {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    const auto found = identities_.find(public_id);
    return found == identities_.end() || found->second.until < now ? nullptr : found->second.value;
}

std::uint64_t KeyMemory::epoch() const {
    const std::lock_guard lock(mutex_);
    return epoch_;
}

void KeyMemory::remember(const std::string& public_id, SharedKeyIdentity identity,
                         std::uint64_t epoch) {
    const Time until = clock_.now() + identity_kept;
    const std::lock_guard lock(mutex_);
    if (epoch == epoch_)
        put(identities_, public_id, std::move(identity), until);
}

/// Each part is preceded by its length: parts that run together could be cut elsewhere. The
/// verifier is one of them, so that a proof is of nothing but what is stored now.
std::string KeyMemory::proof_of(const KeyIdentity& identity, const crypto::ApiKey& key) const {
    Writer parts;
    const std::string id = to_string(identity.key);
    const crypto::Hash secret = crypto::sha256(key.text.reveal());
    for (const std::string_view part :
         {std::string_view(id), std::string_view(identity.verifier), as_text(secret)})
        parts.u64(part.size()).raw(part);
    return text_of(crypto::hmac_sha256(process_key_.reveal(), parts.bytes()));
}

bool KeyMemory::is_verified(const KeyIdentity& identity, const crypto::ApiKey& key) const {
    const std::string proof = proof_of(identity, key);
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    const auto found = verified_.find(proof);
    return found != verified_.end() && found->second.until >= now;
}

bool KeyMemory::verify(const KeyIdentity& identity, const crypto::ApiKey& key) {
    if (is_verified(identity, key))
        return true;
    const std::uint64_t before = epoch();
    ++verifications_;
    if (!crypto::verify_api_key(identity.verifier, key))
        return false;
    const std::string proof = proof_of(identity, key);
    const Time until = clock_.now() + proof_kept;
    const std::lock_guard lock(mutex_);
    if (before == epoch_)
        put(verified_, proof, identity.key, until);
    return true;
}

std::optional<bool> KeyMemory::recall_origin(const crypto::Hash& index) const {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    const auto found = origins_.find(text_of(index));
    if (found == origins_.end() || found->second.until < now)
        return std::nullopt;
    return found->second.value;
}

void KeyMemory::remember_origin(const crypto::Hash& index, bool known, std::uint64_t epoch) {
    const Time until = clock_.now() + identity_kept;
    const std::lock_guard lock(mutex_);
    if (epoch == epoch_)
        put(origins_, text_of(index), known, until);
}

bool KeyMemory::is_use_due(KeyId key) {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (noted_.size() >= remembered_max)
        noted_.clear();
    const auto [entry, fresh] = noted_.try_emplace(key, now);
    if (!fresh && entry->second + use_noted_every > now)
        return false;
    entry->second = now;
    return true;
}

void KeyMemory::forget_key(KeyId key) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(identities_, [&](const auto& entry) { return entry.second.value->key == key; });
    std::erase_if(verified_, [&](const auto& entry) { return entry.second.value == key; });
    origins_.clear();
}

void KeyMemory::forget_creator(UserId user) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(identities_,
                  [&](const auto& entry) { return entry.second.value->creator == user; });
    origins_.clear();
}

} // namespace atalaya::api
