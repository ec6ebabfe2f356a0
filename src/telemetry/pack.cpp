#include "telemetry/pack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace atalaya::telemetry {
namespace {

constexpr std::size_t piece_max = 32;
constexpr std::size_t exceptions_max = 4;
constexpr std::uint8_t has_exceptions = 0x80;
/// Below it, nothing is won by taking a number out.
constexpr int narrow = 3;

using Piece = std::span<const std::uint64_t>;

int width_of(std::uint64_t range) { return static_cast<int>(std::bit_width(range)); }

std::size_t varint_bits(std::uint64_t value) {
    return 8 * (std::max<std::size_t>(static_cast<std::size_t>(std::bit_width(value)), 1) + 6) / 7;
}

struct Bounds {
    std::int64_t least, greatest;
    std::uint64_t range() const {
        return static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least);
    }
};

Bounds bounds_of(Piece piece) {
    Bounds bounds{static_cast<std::int64_t>(piece[0]), static_cast<std::int64_t>(piece[0])};
    for (const std::uint64_t number : piece) {
        bounds.least = std::min(bounds.least, static_cast<std::int64_t>(number));
        bounds.greatest = std::max(bounds.greatest, static_cast<std::int64_t>(number));
    }
    return bounds;
}

/// The bounds that leave out the numbers that cost more than they would apart.
Bounds choose_bounds(Piece piece) {
    const Bounds all = bounds_of(piece);
    if (width_of(all.range()) <= narrow)
        return all;
    std::array<std::int64_t, piece_max> sorted;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        sorted[i] = static_cast<std::int64_t>(piece[i]);
    }
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(piece.size()));
    Bounds best = all;
    std::size_t best_bits = static_cast<std::size_t>(width_of(all.range())) * piece.size();
    for (std::size_t out = 1; out <= exceptions_max && out + 1 < piece.size(); ++out) {
        for (std::size_t low = 0; low <= out; ++low) {
            const Bounds bounds{sorted[low], sorted[piece.size() - 1 - (out - low)]};
            // The place, and the distance: at least about as wide as the whole range.
            const std::size_t bits =
                static_cast<std::size_t>(width_of(bounds.range())) * piece.size() + 8 +
                out * (8 + varint_bits(all.range() << 1));
            if (bits < best_bits) {
                best_bits = bits;
                best = bounds;
            }
        }
    }
    return best;
}

void write_bits(Piece distances, int width, Bytes& out) {
    const std::size_t size = (distances.size() * static_cast<std::size_t>(width) + 7) / 8;
    const std::size_t start = out.size();
    out.resize(start + size + 8);
    std::uint8_t* at = out.data() + start;
    std::uint64_t gathered = 0;
    int used = 0;
    for (const std::uint64_t distance : distances) {
        gathered |= distance << used;
        used += width;
        if (used >= 64) {
            std::memcpy(at, &gathered, sizeof gathered);
            at += sizeof gathered;
            used -= 64;
            gathered = used == 0 ? 0 : distance >> (width - used);
        }
    }
    std::memcpy(at, &gathered, sizeof gathered);
    out.resize(start + size);
}

void read_bits(BytesView in, int width, std::uint64_t base, std::span<std::uint64_t> numbers) {
    const std::uint64_t mask = width == 64 ? ~0ull : (1ull << width) - 1;
    std::size_t bit = 0;
    for (std::uint64_t& number : numbers) {
        const std::size_t at = bit >> 3;
        std::uint64_t word = 0;
        std::memcpy(&word, in.data() + at, std::min<std::size_t>(8, in.size() - at));
        const int shift = static_cast<int>(bit & 7);
        word >>= shift;
        if (shift + width > 64)
            word |= std::uint64_t{in[at + 8]} << (64 - shift);
        number = base + (word & mask);
        bit += static_cast<std::size_t>(width);
    }
}

void pack_piece(Piece piece, Bytes& out) {
    const Bounds bounds = choose_bounds(piece);
    const auto base = static_cast<std::uint64_t>(bounds.least);
    const int width = width_of(bounds.range());
    std::array<std::uint64_t, piece_max> distances;
    std::array<std::uint8_t, exceptions_max> places;
    std::size_t exceptions = 0;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        distances[i] = piece[i] - base;
        const auto number = static_cast<std::int64_t>(piece[i]);
        if (number < bounds.least || number > bounds.greatest) {
            distances[i] = 0;
            places[exceptions++] = static_cast<std::uint8_t>(i);
        }
    }
    out.push_back(static_cast<std::uint8_t>(width | (exceptions > 0 ? has_exceptions : 0)));
    append_varint(zigzag(base), out);
    if (exceptions > 0) {
        out.push_back(static_cast<std::uint8_t>(exceptions));
        for (std::size_t i = 0; i < exceptions; ++i) {
            out.push_back(places[i]);
            append_varint(zigzag(piece[places[i]] - base), out);
        }
    }
    if (width > 0)
        write_bits({distances.data(), piece.size()}, width, out);
}

bool unpack_piece(Reader& in, std::span<std::uint64_t> piece) {
    const std::uint8_t head = in.u8();
    const int width = head & ~has_exceptions;
    const std::uint64_t base = unzigzag(in.varint());
    if (width > 64)
        return false;
    std::array<std::pair<std::uint8_t, std::uint64_t>, exceptions_max> exceptions;
    const std::size_t count = head & has_exceptions ? in.u8() : 0;
    if (count > exceptions_max)
        return false;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t place = in.u8();
        exceptions[i] = {place, base + unzigzag(in.varint())};
        if (place >= piece.size())
            return false;
    }
    const BytesView bits = in.raw((piece.size() * static_cast<std::size_t>(width) + 7) / 8);
    if (!in.ok())
        return false;
    if (width == 0)
        std::ranges::fill(piece, base);
    else
        read_bits(bits, width, base, piece);
    for (std::size_t i = 0; i < count; ++i) {
        piece[exceptions[i].first] = exceptions[i].second;
    }
    return true;
}

} // namespace

std::size_t estimate_packed_bits(std::span<const std::uint64_t> numbers) {
    std::size_t bits = 0;
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        const Piece piece = numbers.first(std::min(piece_max, numbers.size()));
        const Bounds bounds = bounds_of(piece);
        bits += 8 + varint_bits(zigzag(static_cast<std::uint64_t>(bounds.least))) +
                static_cast<std::size_t>(width_of(bounds.range())) * piece.size();
    }
    return bits;
}

void pack(std::span<const std::uint64_t> numbers, Bytes& out) {
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        pack_piece(numbers.first(std::min(piece_max, numbers.size())), out);
    }
}

bool unpack(Reader& in, std::span<std::uint64_t> numbers) {
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        if (!unpack_piece(in, numbers.first(std::min(piece_max, numbers.size()))))
            return false;
    }
    return true;
}

} // namespace atalaya::telemetry
