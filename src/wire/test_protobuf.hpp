// Writes messages of Protocol Buffers and blocks of Snappy by hand, for tests.
#pragma once

#include "base/bytes.hpp"
#include "base/series.hpp"

#include <bit>
#include <string>
#include <vector>

namespace atalaya::wire::test {

inline std::string varint(std::uint64_t value) {
    const Bytes bytes = std::move(Writer().varint(value)).take();
    return std::string(as_text(bytes));
}
inline std::string field(std::uint64_t number, std::string_view bytes) {
    return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
inline std::string varint_field(std::uint64_t number, std::uint64_t value) {
    return varint(number << 3) + varint(value);
}
inline std::string fixed64(std::uint64_t value) {
    std::string out;
    for (int i = 0; i < 8; ++i)
        out += static_cast<char>(value >> (8 * i));
    return out;
}
inline std::string fixed64_field(std::uint64_t number, std::uint64_t value) {
    return varint(number << 3 | 1) + fixed64(value);
}
inline std::string double_field(std::uint64_t number, double value) {
    return fixed64_field(number, std::bit_cast<std::uint64_t>(value));
}

inline std::string label(std::string_view name, std::string_view value) {
    return field(1, field(1, name) + field(2, value));
}
inline std::string sample(std::int64_t time_ms, double value) {
    return field(2, double_field(1, value) + varint_field(2, static_cast<std::uint64_t>(time_ms)));
}
inline std::string series(const Labels& labels, const std::vector<Sample>& samples) {
    std::string out;
    for (const Label& each : labels)
        out += label(each.name, each.value);
    for (const Sample& each : samples)
        out += sample(each.time_ms, each.value);
    return field(1, out);
}

/// A block that repeats nothing: all is literal.
inline Bytes snappy_block(std::string_view text) {
    std::string out = varint(text.size());
    for (std::size_t at = 0; at < text.size(); at += 60) {
        const std::string_view piece = text.substr(at, 60);
        out += static_cast<char>((piece.size() - 1) << 2);
        out += piece;
    }
    return to_bytes(out);
}

} // namespace atalaya::wire::test
