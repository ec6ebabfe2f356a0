// Binds a sealed body to its row: the keyring knows rows by UUID, and these have longer keys. Pure;
// any thread.
#pragma once

#include "base/ids.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <initializer_list>

namespace atalaya::telemetry {

inline Uuid seal_place(ServerId server, std::initializer_list<std::int64_t> key) {
    Writer out;
    out.raw(BytesView(server.bytes));
    for (const std::int64_t part : key) {
        out.i64(part);
    }
    const crypto::Hash hash = crypto::sha256(out.bytes());
    Uuid place;
    std::copy_n(hash.begin(), place.bytes.size(), place.bytes.begin());
    return place;
}

} // namespace atalaya::telemetry
