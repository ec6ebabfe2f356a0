// Reads the wire format of Protocol Buffers field by field, without knowing a schema.
//
// A value on the stack of whoever parses; any thread; borrows what it reads and allocates nothing.
// Like base's Reader it turns bad and stays bad: ask once at the end. A field of a known number is
// taken with the type that the schema gives it, and any other type is a fault, because guessing
// what was meant is how two parsers come to read two things. Groups, which proto3 has no more, are
// refused.
#pragma once

#include "base/bytes.hpp"

#include <bit>

namespace atalaya::wire {

class ProtobufReader {
  public:
    explicit ProtobufReader(BytesView in) : in_(in) {}

    /// Goes to the next field; false at the end, and after a fault.
    bool next();
    std::uint32_t number() const { return number_; }

    // The value of the field; zero or empty, and a fault, when it is of another type. What is never
    // taken is skipped.
    std::uint64_t varint();
    std::int64_t int64() { return static_cast<std::int64_t>(varint()); }
    std::uint64_t fixed64();
    double float64() { return std::bit_cast<double>(fixed64()); }
    BytesView bytes();
    std::string_view text() { return as_text(bytes()); }

    /// Also of a repeated number whose values are packed into one field.
    bool is_bytes() const { return type_ == Type::bytes; }

    bool ok() const { return ok_; }
    void fail() {
        ok_ = false;
        in_ = {};
    }

  private:
    enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

    std::uint64_t take_varint();
    std::uint64_t take_fixed(std::size_t size);
    bool is(Type wanted) {
        if (type_ != wanted)
            fail();
        return ok_;
    }

    BytesView in_;
    bool ok_ = true;
    std::uint32_t number_ = 0;
    Type type_ = Type::varint;
    std::uint64_t number_value_ = 0; ///< of every type but bytes
    BytesView bytes_;
};

// Left to itself the compiler calls these two for each field, which doubles what a request costs.
[[gnu::always_inline]] inline std::uint64_t ProtobufReader::take_varint() {
    // Most are of one byte: a tag, a length below 128.
    if (!in_.empty() && in_[0] < 0x80) {
        const std::uint8_t value = in_[0];
        in_ = in_.subspan(1);
        return value;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < in_.size() && i < 10; ++i) {
        if (i == 9 && in_[i] > 1)
            break;
        value |= static_cast<std::uint64_t>(in_[i] & 0x7f) << (7 * i);
        if (in_[i] < 0x80) {
            in_ = in_.subspan(i + 1);
            return value;
        }
    }
    fail();
    return 0;
}

inline std::uint64_t ProtobufReader::take_fixed(std::size_t size) {
    if (in_.size() < size) {
        fail();
        return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i)
        value = value << 8 | in_[i - 1];
    in_ = in_.subspan(size);
    return value;
}

[[gnu::always_inline]] inline bool ProtobufReader::next() {
    if (in_.empty())
        return false;
    const std::uint64_t tag = take_varint();
    number_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<Type>(tag & 7);
    if (number_ == 0 || tag >> 32 != 0)
        fail();
    switch (type_) {
    case Type::varint:
        number_value_ = take_varint();
        break;
    case Type::fixed64:
        number_value_ = take_fixed(8);
        break;
    case Type::fixed32:
        number_value_ = take_fixed(4);
        break;
    case Type::bytes: {
        const std::uint64_t size = take_varint();
        if (size > in_.size()) {
            fail();
            break;
        }
        bytes_ = in_.first(static_cast<std::size_t>(size));
        in_ = in_.subspan(static_cast<std::size_t>(size));
        break;
    }
    default:
        fail();
    }
    return ok_;
}

inline std::uint64_t ProtobufReader::varint() { return is(Type::varint) ? number_value_ : 0; }
inline std::uint64_t ProtobufReader::fixed64() { return is(Type::fixed64) ? number_value_ : 0; }
inline BytesView ProtobufReader::bytes() { return is(Type::bytes) ? bytes_ : BytesView(); }

} // namespace atalaya::wire
