// Bytes as values: big-endian writing and bounds-checked reading.
//
// Pure; any thread. A Reader never throws on short input: it turns bad and stays bad, and the
// caller asks once at the end (`ok()`), so that decoders of hostile input stay straight lines.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline BytesView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }
inline Bytes to_bytes(BytesView view) { return {view.begin(), view.end()}; }

/// Appends to a buffer it owns; integers are big-endian.
class Writer {
  public:
    Writer& u8(std::uint8_t value) {
        out_.push_back(value);
        return *this;
    }
    Writer& u16(std::uint16_t value) { return integer(value, 2); }
    Writer& u32(std::uint32_t value) { return integer(value, 4); }
    Writer& u64(std::uint64_t value) { return integer(value, 8); }
    Writer& i64(std::int64_t value) { return integer(static_cast<std::uint64_t>(value), 8); }
    /// Not inline: where its size is known, g++ 12 warns of an overflow that cannot happen.
    Writer& raw(BytesView bytes);
    Writer& raw(std::string_view text) { return raw(as_bytes(text)); }
    /// LEB128, at most ten bytes.
    Writer& varint(std::uint64_t value);

    const Bytes& bytes() const& { return out_; }
    Bytes take() && { return std::move(out_); }

  private:
    Writer& integer(std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            out_.push_back(static_cast<std::uint8_t>(value >> shift));
        }
        return *this;
    }
    Bytes out_;
};

/// Reads from a view it borrows. After the first short read every value is zero and ok() is false.
class Reader {
  public:
    explicit Reader(BytesView in) : in_(in) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(integer(4)); }
    std::uint64_t u64() { return integer(8); }
    std::int64_t i64() { return static_cast<std::int64_t>(integer(8)); }
    std::uint64_t varint();
    BytesView raw(std::size_t size);
    std::string_view text(std::size_t size) { return as_text(raw(size)); }

    std::size_t left() const { return in_.size(); }
    bool ok() const { return ok_; }
    /// True when nothing was short and nothing is left over.
    bool done() const { return ok_ && in_.empty(); }
    void fail() {
        ok_ = false;
        in_ = {};
    }

  private:
    std::uint64_t integer(std::size_t size);
    BytesView in_;
    bool ok_ = true;
};

} // namespace atalaya
