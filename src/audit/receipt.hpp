// What a client keeps of a change: it proves later that this event was there.
//
// Values; pure; any thread.
#pragma once

#include "audit/encoding.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace atalaya::audit {

struct Receipt {
    Uuid chain;
    std::int16_t lane = 0;
    std::int64_t seq = 0;
    Hash row_hash{};

    bool operator==(const Receipt&) const = default;
};

/// `<chain>/<lane>/<seq>/<row hash in hex>`
std::string to_header(const Receipt& receipt);

/// The value of an Audit-Receipt header: one receipt or several with commas between.
Result<std::vector<Receipt>> parse_receipts(std::string_view text);

} // namespace atalaya::audit
