// What the files of this module share: rows of keys, sealed and opened. On the thread of the
// transaction.
#pragma once

#include "modules/api_key/api_key.hpp"

namespace atalaya::api_key {

/// The sealed body of a key.
struct Body {
    std::string name;
    std::vector<std::string> ip_allow;
    std::vector<std::string> cors_origins;
};

Bytes seal_body(api::Call& call, KeyId id, const Body& body);
/// The blind index of each origin, under which a browser's question is answered.
std::vector<Bytes> origin_indexes(api::Call& call, const std::vector<std::string>& origins);

} // namespace atalaya::api_key

namespace atalaya::shape {
template <>
struct Described<api_key::Body> {
    static const Shape shape;
};
} // namespace atalaya::shape
