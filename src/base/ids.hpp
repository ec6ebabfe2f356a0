// UUIDs, and ids as distinct types so that a user's id cannot stand where a team's is wanted.
// Pure values; any thread.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace atalaya {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const { return *this == Uuid{}; }
};

/// Lower-case, with hyphens (RFC 9562).
std::string to_string(const Uuid& id);
/// Only the form that to_string writes, in either case.
std::optional<Uuid> parse_uuid(std::string_view text);

template <class Tag>
struct Id : Uuid {
    Id() = default;
    explicit Id(const Uuid& id) : Uuid(id) {}
};

using TeamId = Id<struct TeamTag>;
using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using ServerId = Id<struct ServerTag>;
using KeyId = Id<struct KeyTag>;

/// The chain and scope of what belongs to no team: sign-in, operators, the system's own jobs.
inline const TeamId platform_team{};

} // namespace atalaya

template <>
struct std::hash<atalaya::Uuid> {
    std::size_t operator()(const atalaya::Uuid& id) const noexcept {
        std::size_t out;
        std::memcpy(&out, id.bytes.data(), sizeof out); // ids are random
        return out;
    }
};
template <class Tag>
struct std::hash<atalaya::Id<Tag>> : std::hash<atalaya::Uuid> {};
