#include "audit/receipt.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <limits>

namespace atalaya::audit {
namespace {

std::optional<Receipt> parse_receipt(std::string_view text) {
    const auto fields = split(text, '/');
    if (fields.size() != 4)
        return std::nullopt;
    const auto chain = parse_uuid(fields[0]);
    const auto lane = parse_integer(fields[1]);
    const auto seq = parse_integer(fields[2]);
    const auto hash = parse_hex(fields[3]);
    if (!chain || !lane || *lane < 0 || *lane > std::numeric_limits<std::int16_t>::max() || !seq ||
        *seq < 1 || !hash || hash->size() != sizeof(Hash))
        return std::nullopt;
    Receipt receipt{*chain, static_cast<std::int16_t>(*lane), *seq, {}};
    std::copy(hash->begin(), hash->end(), receipt.row_hash.begin());
    return receipt;
}

} // namespace

std::string to_header(const Receipt& receipt) {
    return to_string(receipt.chain) + "/" + std::to_string(receipt.lane) + "/" +
           std::to_string(receipt.seq) + "/" + to_hex(receipt.row_hash);
}

Result<std::vector<Receipt>> parse_receipts(std::string_view text) {
    std::vector<Receipt> receipts;
    for (const std::string_view one : split(text, ',')) {
        const auto receipt = parse_receipt(trim(one));
        if (!receipt)
            return ParseError{"a receipt is chain/lane/number/hash, as in an Audit-Receipt header"};
        receipts.push_back(*receipt);
    }
    return receipts;
}

} // namespace atalaya::audit
