// What goes in and out of the endpoints of single sign-on. Values.
#pragma once

#include "modules/single_sign_on/rules.hpp"

namespace atalaya::single_sign_on {

struct ConnectionDraft {
    Settings settings;
    std::optional<std::string> client_secret; ///< absent: as before
};

struct ConnectionView {
    std::string redirect_uri;
    std::string start_url;
    std::optional<Settings> settings; ///< absent: none is set up
    bool has_secret = false;
    std::int64_t revision = 0;
    std::optional<Time> updated_at;
};

/// Of all absent: the installation's own.
struct Entry {
    std::optional<std::string> email, team;
    std::optional<bool> remember, fresh;
};

struct Link {
    std::optional<std::string> team;
};

struct Location {
    std::string location;
};

} // namespace atalaya::single_sign_on

namespace atalaya::shape {
template <>
struct Described<single_sign_on::ConnectionDraft> {
    static const Shape shape;
};
template <>
struct Described<single_sign_on::ConnectionView> {
    static const Shape shape;
};
template <>
struct Described<single_sign_on::Entry> {
    static const Shape shape;
};
template <>
struct Described<single_sign_on::Link> {
    static const Shape shape;
};
template <>
struct Described<single_sign_on::Location> {
    static const Shape shape;
};
} // namespace atalaya::shape
