#include "base/bytes.hpp"

namespace atalaya {

Writer& Writer::raw(BytesView bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
}

Writer& Writer::varint(std::uint64_t value) {
    while (value >= 0x80) {
        out_.push_back(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    out_.push_back(static_cast<std::uint8_t>(value));
    return *this;
}

std::uint64_t Reader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const std::uint8_t byte = u8();
        if (shift == 63 && byte > 1) {
            break;
        }
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return ok_ ? value : 0;
        }
    }
    fail();
    return 0;
}

BytesView Reader::raw(std::size_t size) {
    if (size > in_.size()) {
        fail();
        return {};
    }
    const BytesView out = in_.first(size);
    in_ = in_.subspan(size);
    return out;
}

std::uint64_t Reader::integer(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : raw(size)) {
        value = value << 8 | byte;
    }
    return value;
}

} // namespace atalaya
