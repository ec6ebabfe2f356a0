#include "telemetry/chunk_values.hpp"

#include "telemetry/chunk.hpp"
#include "telemetry/pack.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

namespace atalaya::telemetry {
namespace {

enum Kind : std::uint8_t { same = 0, decimal = 1, differing = 2 };

/// Exact as doubles, so that a division by one of them gives the value nearest to the decimal.
constexpr std::array powers{1.0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
constexpr std::size_t digits_max = powers.size() - 1;
/// Added and taken away again it rounds to a whole number, below a quarter of itself.
constexpr double rounder = 0x1.8p52;
constexpr double whole_max = 0x1p50;

constexpr std::size_t exception_bits = 80;
constexpr double bits_of_digit = 3.3;
constexpr std::size_t sampled = 32;

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

/// Whether a whole number of that many digits behind the point gives back each bit of the value.
bool scale(double value, std::size_t digits, double& whole) {
    whole = (value * powers[digits] + rounder) - rounder;
    return std::abs(whole) < whole_max && bits_of(whole / powers[digits]) == bits_of(value);
}

/// How many digits cost least for a sample of the values, the others standing apart.
std::size_t choose_digits(std::span<const double> values) {
    std::array<std::size_t, digits_max + 2> needed{};
    const std::size_t stride = std::max<std::size_t>(values.size() / sampled, 1);
    std::size_t count = 0, digits = 0;
    for (std::size_t i = 0; i < values.size(); i += stride, ++count) {
        double whole;
        // Neighbours mostly need the same, and fewer digits are looked for only then.
        if (digits > 0 && !scale(values[i], digits - 1, whole) && scale(values[i], digits, whole)) {
            ++needed[digits];
            continue;
        }
        for (digits = 0; digits <= digits_max && !scale(values[i], digits, whole); ++digits) {
        }
        ++needed[digits];
        digits = std::min(digits, digits_max);
    }
    std::size_t best = 0, apart = count - needed[0];
    double best_bits = static_cast<double>(apart * exception_bits);
    for (std::size_t each = 1; each <= digits_max; ++each) {
        apart -= needed[each];
        const double bits = static_cast<double>(apart * exception_bits) +
                            bits_of_digit * static_cast<double>(each * count);
        if (bits < best_bits) {
            best_bits = bits;
            best = each;
        }
    }
    return best;
}

/// Each value is the first one and some of what all are apart: of pages of 4096 bytes, the number
/// of pages counts.
struct Decimal {
    std::size_t digits;
    std::uint64_t first = 0, unit = 1;
    std::array<std::uint64_t, chunk_points_max> units;
    std::array<std::uint16_t, chunk_points_max> exceptions;
    std::size_t exception_count = 0;
};

/// What all numbers are multiples of; 1 when they are all nothing.
std::uint64_t find_unit(std::span<const std::uint64_t> numbers) {
    std::int64_t unit = 0;
    for (const std::uint64_t number : numbers) {
        const auto whole = static_cast<std::int64_t>(number);
        if (unit == 0 || whole % unit != 0)
            unit = std::gcd(unit, whole);
        if (unit == 1)
            break;
    }
    return static_cast<std::uint64_t>(std::max<std::int64_t>(unit, 1));
}

bool make_decimal(std::span<const double> values, Decimal& out) {
    out.digits = choose_digits(values);
    const std::size_t apart_max = values.size() / 8 + 1;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        double whole;
        if (scale(values[i], out.digits, whole)) {
            before = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
            if (i == out.exception_count)
                out.first = before;
        } else if (out.exception_count == apart_max) {
            return false;
        } else {
            out.exceptions[out.exception_count++] = static_cast<std::uint16_t>(i);
        }
        out.units[i] = before;
    }
    const std::span units(out.units.data(), values.size());
    for (std::uint64_t& unit : units) {
        unit -= out.first;
    }
    // What stands apart at the very start has no number before it.
    for (std::size_t i = 0; i < out.exception_count && out.exceptions[i] == i; ++i) {
        units[i] = 0;
    }
    out.unit = find_unit(units);
    if (out.unit > 1) {
        for (std::uint64_t& unit : units) {
            unit = static_cast<std::uint64_t>(static_cast<std::int64_t>(unit) /
                                              static_cast<std::int64_t>(out.unit));
        }
    }
    return true;
}

/// All but the first as the difference from the one before.
void differ(std::span<std::uint64_t> numbers) {
    std::uint64_t before = 0;
    for (std::uint64_t& number : numbers) {
        number -= std::exchange(before, number);
    }
}

void accumulate(std::span<std::uint64_t> numbers, std::uint64_t sum) {
    for (std::uint64_t& number : numbers) {
        number = sum += number;
    }
}

void encode_decimal(std::span<const double> values, Decimal& of, Bytes& out) {
    const std::size_t count = values.size();
    std::array<std::uint64_t, chunk_points_max> first, second;
    std::copy_n(of.units.begin(), count, first.begin());
    differ({first.data(), count});
    std::copy_n(first.begin(), count, second.begin());
    differ({second.data() + 1, count - 1});
    // What leads the differences stands before them and is not packed.
    const std::array<std::span<const std::uint64_t>, 3> orders{
        {{of.units.data(), count}, {first.data() + 1, count - 1}, {second.data() + 2, count - 2}}};
    std::size_t order = 0, least = ~std::size_t{0};
    for (std::size_t each = 0; each < orders.size(); ++each) {
        const std::size_t bits = estimate_packed_bits(orders[each]) + 24 * each;
        if (bits < least) {
            least = bits;
            order = each;
        }
    }
    out.push_back(decimal);
    out.push_back(static_cast<std::uint8_t>(of.digits));
    out.push_back(static_cast<std::uint8_t>(order));
    append_varint(of.exception_count, out);
    for (std::size_t i = 0; i < of.exception_count; ++i) {
        append_varint(of.exceptions[i], out);
        const std::uint64_t bits = bits_of(values[of.exceptions[i]]);
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.push_back(static_cast<std::uint8_t>(bits >> shift));
        }
    }
    append_varint(zigzag(of.first), out);
    append_varint(of.unit, out);
    if (order >= 1)
        append_varint(zigzag(of.units[0]), out);
    if (order == 2)
        append_varint(zigzag(first[1]), out);
    pack(orders[order], out);
}

/// A whole number below `whole_max` is the lowest bits of `rounder` plus itself: an addition that
/// the processor makes of several numbers at once, unlike a conversion.
double to_double(std::uint64_t whole) {
    return std::bit_cast<double>(whole + bits_of(rounder)) - rounder;
}

void to_values(std::span<const std::uint64_t> whole, std::size_t digits, std::span<double> values) {
    const double power = powers[digits];
    if (digits == 0)
        std::ranges::transform(whole, values.begin(), to_double);
    else
        std::ranges::transform(whole, values.begin(),
                               [=](std::uint64_t each) { return to_double(each) / power; });
}

bool decode_decimal(Reader& in, std::span<double> values) {
    const std::size_t count = values.size();
    const std::size_t digits = in.u8();
    const std::size_t order = in.u8();
    const std::uint64_t exceptions = in.varint();
    if (digits > digits_max || order > 2 || order >= count + 1 || exceptions > count)
        return false;
    std::array<std::uint16_t, chunk_points_max> places;
    std::array<std::uint64_t, chunk_points_max> apart;
    for (std::size_t i = 0; i < exceptions; ++i) {
        const std::uint64_t place = in.varint();
        if (place >= count)
            return false;
        places[i] = static_cast<std::uint16_t>(place);
        apart[i] = in.u64();
    }
    const std::uint64_t first = unzigzag(in.varint());
    const std::uint64_t unit = in.varint();
    std::array<std::uint64_t, chunk_points_max> units;
    for (std::size_t i = 0; i < order; ++i) {
        units[i] = unzigzag(in.varint());
    }
    if (!unpack(in, {units.data() + order, count - order}))
        return false;
    if (unit != 1) {
        for (std::uint64_t& each : std::span(units.data(), count)) {
            each *= unit;
        }
    }
    if (order == 2)
        accumulate({units.data() + 1, count - 1}, 0);
    if (order >= 1) {
        accumulate({units.data(), count}, first);
    } else {
        for (std::uint64_t& each : std::span(units.data(), count)) {
            each += first;
        }
    }
    to_values({units.data(), count}, digits, values);
    for (std::size_t i = 0; i < exceptions; ++i) {
        values[places[i]] = std::bit_cast<double>(apart[i]);
    }
    return true;
}

class BitWriter {
  public:
    explicit BitWriter(Bytes& out) : out_(out) {}

    void write(std::uint64_t value, int width) {
        if (width > 32) {
            write(value >> 32, width - 32);
            value &= 0xffff'ffff;
            width = 32;
        }
        gathered_ = gathered_ << width | value;
        for (used_ += width; used_ >= 8; used_ -= 8) {
            out_.push_back(static_cast<std::uint8_t>(gathered_ >> (used_ - 8)));
        }
    }
    void finish() {
        if (used_ > 0)
            write(0, 8 - used_);
    }

  private:
    Bytes& out_;
    std::uint64_t gathered_ = 0;
    int used_ = 0;
};

class BitReader {
  public:
    explicit BitReader(Reader& in) : in_(in) {}

    std::uint64_t read(int width) {
        if (width > 32) {
            const std::uint64_t high = read(width - 32);
            return high << 32 | read(32);
        }
        for (; used_ < width; used_ += 8) {
            gathered_ = gathered_ << 8 | in_.u8();
        }
        used_ -= width;
        return gathered_ >> used_ & ((1ull << width) - 1);
    }

  private:
    Reader& in_;
    std::uint64_t gathered_ = 0;
    int used_ = 0;
};

/// The bits between the zeros at both ends; kept while the next ones fit in between.
struct Window {
    int leading = 65;
    int trailing = 0;
    int width() const { return 64 - leading - trailing; }
    bool holds(std::uint64_t bits) const {
        return leading <= 64 && std::countl_zero(bits) >= leading &&
               std::countr_zero(bits) >= trailing;
    }
};

void encode_differing(std::span<const double> values, Bytes& out) {
    out.push_back(differing);
    BitWriter bits(out);
    std::uint64_t before = bits_of(values[0]);
    bits.write(before, 64);
    Window window;
    for (const double value : values.subspan(1)) {
        const std::uint64_t change = bits_of(value) ^ before;
        before ^= change;
        if (change == 0) {
            bits.write(0, 1);
            continue;
        }
        const Window own{std::countl_zero(change), std::countr_zero(change)};
        // A window of its own costs twelve bits more.
        if (window.holds(change) && window.width() <= own.width() + 12) {
            bits.write(0b10, 2);
        } else {
            window = own;
            bits.write(0b11, 2);
            bits.write(static_cast<std::uint64_t>(own.leading), 6);
            bits.write(static_cast<std::uint64_t>(own.width() - 1), 6);
        }
        bits.write(change >> window.trailing, window.width());
    }
    bits.finish();
}

bool decode_differing(Reader& in, std::span<double> values) {
    BitReader bits(in);
    std::uint64_t now = bits.read(64);
    values[0] = std::bit_cast<double>(now);
    Window window;
    for (double& value : values.subspan(1)) {
        if (bits.read(1) == 1) {
            if (bits.read(1) == 1) {
                window.leading = static_cast<int>(bits.read(6));
                window.trailing = 64 - window.leading - static_cast<int>(bits.read(6)) - 1;
            }
            if (window.trailing < 0 || window.leading > 64)
                return false;
            now ^= bits.read(window.width()) << window.trailing;
        }
        value = std::bit_cast<double>(now);
    }
    return in.ok();
}

} // namespace

void encode_values(std::span<const double> values, Bytes& out) {
    const std::uint64_t first = bits_of(values[0]);
    if (std::ranges::all_of(values, [&](double value) { return bits_of(value) == first; })) {
        out.push_back(same);
        BitWriter(out).write(first, 64);
        return;
    }
    Decimal of;
    if (make_decimal(values, of))
        encode_decimal(values, of, out);
    else
        encode_differing(values, out);
}

bool decode_values(Reader& in, std::span<double> values) {
    switch (in.u8()) {
    case same:
        std::ranges::fill(values, std::bit_cast<double>(in.u64()));
        return in.ok();
    case decimal:
        return decode_decimal(in, values);
    case differing:
        return decode_differing(in, values);
    default:
        return false;
    }
}

} // namespace atalaya::telemetry
