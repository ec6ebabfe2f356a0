#include "telemetry/pack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <functional>

namespace atalaya::telemetry {
namespace {

constexpr std::size_t piece_max = 128;
constexpr std::size_t exceptions_max = 8;
constexpr std::uint8_t has_exceptions = 0x80;
/// Below it, nothing is won by taking a number out.
constexpr int narrow = 3;
constexpr std::size_t word_bytes = sizeof(std::uint64_t);

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

/// The least or the greatest numbers, in this order: as many as may stand apart, and one more.
template <class Before>
class Extremes {
  public:
    void add(std::int64_t number) {
        if (count_ == numbers_.size() && !Before()(number, numbers_[count_ - 1]))
            return;
        std::size_t place = count_ < numbers_.size() ? count_++ : count_ - 1;
        for (; place > 0 && Before()(number, numbers_[place - 1]); --place) {
            numbers_[place] = numbers_[place - 1];
        }
        numbers_[place] = number;
    }
    std::int64_t operator[](std::size_t place) const { return numbers_[place]; }

  private:
    std::array<std::int64_t, exceptions_max + 1> numbers_{};
    std::size_t count_ = 0;
};

/// The bounds that leave out the numbers that cost more than they would apart.
Bounds choose_bounds(Piece piece) {
    const Bounds all = bounds_of(piece);
    if (width_of(all.range()) <= narrow)
        return all;
    Extremes<std::less<>> least;
    Extremes<std::greater<>> greatest;
    for (const std::uint64_t number : piece) {
        least.add(static_cast<std::int64_t>(number));
        greatest.add(static_cast<std::int64_t>(number));
    }
    Bounds best = all;
    std::size_t best_bits = static_cast<std::size_t>(width_of(all.range())) * piece.size();
    for (std::size_t out = 1; out <= exceptions_max && out + 1 < piece.size(); ++out) {
        for (std::size_t low = 0; low <= out; ++low) {
            const Bounds bounds{least[low], greatest[out - low]};
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
    out.resize(start + size + word_bytes);
    std::uint8_t* at = out.data() + start;
    std::uint64_t gathered = 0;
    int used = 0;
    for (const std::uint64_t distance : distances) {
        gathered |= distance << used;
        used += width;
        if (used >= 64) {
            std::memcpy(at, &gathered, word_bytes);
            at += word_bytes;
            used -= 64;
            gathered = used == 0 ? 0 : distance >> (width - used);
        }
    }
    std::memcpy(at, &gathered, word_bytes);
    out.resize(start + size);
}

std::uint64_t load(const std::uint8_t* at) {
    std::uint64_t word;
    std::memcpy(&word, at, word_bytes);
    return word;
}

/// Of each number, a whole word is read from where it begins: `in` goes on for that much.
void read_bits(const std::uint8_t* in, int width, std::uint64_t base,
               std::span<std::uint64_t> numbers) {
    const std::uint64_t mask = width == 64 ? ~0ull : (1ull << width) - 1;
    std::size_t bit = 0;
    if (width <= 57) { // with up to seven bits before it, each lies in one word
        for (std::uint64_t& number : numbers) {
            number = base + (load(in + (bit >> 3)) >> (bit & 7) & mask);
            bit += static_cast<std::size_t>(width);
        }
        return;
    }
    for (std::uint64_t& number : numbers) {
        const std::uint8_t* at = in + (bit >> 3);
        const int shift = static_cast<int>(bit & 7);
        std::uint64_t word = load(at) >> shift;
        if (shift + width > 64)
            word |= std::uint64_t{at[word_bytes]} << (64 - shift);
        number = base + (word & mask);
        bit += static_cast<std::size_t>(width);
    }
}

void read_bits_at_end(BytesView bits, int width, std::uint64_t base,
                      std::span<std::uint64_t> numbers) {
    std::array<std::uint8_t, (piece_max + 1) * word_bytes> padded;
    std::ranges::copy(bits, padded.begin());
    std::fill_n(padded.begin() + static_cast<std::ptrdiff_t>(bits.size()), word_bytes, 0);
    read_bits(padded.data(), width, base, numbers);
}

void pack_piece(Piece piece, std::uint64_t& base_before, Bytes& out) {
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
    append_varint(zigzag(base - base_before), out);
    base_before = base;
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

bool unpack_piece(Reader& in, std::uint64_t& base, std::span<std::uint64_t> piece) {
    const std::uint8_t head = in.u8();
    const int width = head & ~has_exceptions;
    base += unzigzag(in.varint());
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
    else if (in.left() >= word_bytes)
        read_bits(bits.data(), width, base, piece);
    else
        read_bits_at_end(bits, width, base, piece);
    for (std::size_t i = 0; i < count; ++i) {
        piece[exceptions[i].first] = exceptions[i].second;
    }
    return true;
}

} // namespace

std::size_t estimate_packed_bits(std::span<const std::uint64_t> numbers) {
    std::size_t bits = 0;
    std::uint64_t base = 0;
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        const Piece piece = numbers.first(std::min(piece_max, numbers.size()));
        const Bounds bounds = bounds_of(piece);
        const auto least = static_cast<std::uint64_t>(bounds.least);
        bits += 8 + varint_bits(zigzag(least - base)) +
                static_cast<std::size_t>(width_of(bounds.range())) * piece.size();
        base = least;
    }
    return bits;
}

void pack(std::span<const std::uint64_t> numbers, Bytes& out) {
    std::uint64_t base = 0;
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        pack_piece(numbers.first(std::min(piece_max, numbers.size())), base, out);
    }
}

bool unpack(Reader& in, std::span<std::uint64_t> numbers) {
    std::uint64_t base = 0;
    for (; !numbers.empty(); numbers = numbers.subspan(std::min(piece_max, numbers.size()))) {
        if (!unpack_piece(in, base, numbers.first(std::min(piece_max, numbers.size()))))
            return false;
    }
    return true;
}

} // namespace atalaya::telemetry
