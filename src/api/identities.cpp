#include "api/identities.hpp"

namespace atalaya::api {
namespace {

constexpr Micros remembered_for = std::chrono::seconds(15);
constexpr std::size_t remembered_max = 65'536;

std::string key_of(const crypto::Hash& hash) { return std::string(as_text(hash)); }

template <class Memory>
auto recall(const Memory& memory, const crypto::Hash& hash, Time now)
    -> std::optional<decltype(memory.begin()->second.identity)> {
    const auto found = memory.find(key_of(hash));
    if (found == memory.end() || found->second.until < now)
        return std::nullopt;
    return found->second.identity;
}

template <class Memory, class Identity>
void remember(Memory& memory, const crypto::Hash& hash, const Identity& identity, Time now) {
    if (memory.size() >= remembered_max)
        memory.clear();
    memory[key_of(hash)] = {identity, now + remembered_for};
}

} // namespace

std::optional<SessionIdentity>
Identities::remembered_session(const crypto::Hash& token_hash) const {
    const std::lock_guard lock(mutex_);
    return recall(sessions_, token_hash, clock_.now());
}

std::optional<AgentIdentity> Identities::remembered_agent(const crypto::Hash& token_hash) const {
    const std::lock_guard lock(mutex_);
    return recall(agents_, token_hash, clock_.now());
}

template <class Identity>
std::optional<Identity> Identities::look_up(Memory<Identity>& memory, const Source<Identity>& find,
                                            db::Connection& connection,
                                            const crypto::Hash& token_hash) {
    std::uint64_t epoch;
    {
        const std::lock_guard lock(mutex_);
        epoch = epoch_;
    }
    const auto found = find(connection, token_hash);
    const std::lock_guard lock(mutex_);
    if (found && epoch == epoch_)
        remember(memory, token_hash, *found, clock_.now());
    return found;
}

std::optional<SessionIdentity> Identities::look_up_session(db::Connection& connection,
                                                           const crypto::Hash& token_hash) {
    return look_up(sessions_, source_.find_session, connection, token_hash);
}

std::optional<AgentIdentity> Identities::look_up_agent(db::Connection& connection,
                                                       const crypto::Hash& token_hash) {
    return look_up(agents_, source_.find_agent, connection, token_hash);
}

SharedKeyIdentity Identities::look_up_key(db::Connection& connection,
                                          const std::string& public_id) {
    const std::uint64_t epoch = keys_.epoch();
    auto found = source_.find_key(connection, public_id);
    if (!found)
        return nullptr;
    auto shared = std::make_shared<const KeyIdentity>(std::move(*found));
    keys_.remember(public_id, shared, epoch);
    return shared;
}

bool Identities::look_up_key_origin(db::Connection& connection, const crypto::Hash& index) {
    const std::uint64_t epoch = keys_.epoch();
    const bool known = source_.is_key_origin(connection, index);
    keys_.remember_origin(index, known, epoch);
    return known;
}

void Identities::forget_session(SessionId session) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(sessions_,
                  [&](const auto& entry) { return entry.second.identity.session == session; });
}

void Identities::forget_user(UserId user) {
    keys_.forget_creator(user);
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.identity.user == user; });
}

void Identities::forget_agent(ServerId server) {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    std::erase_if(agents_,
                  [&](const auto& entry) { return entry.second.identity.server == server; });
}

} // namespace atalaya::api
