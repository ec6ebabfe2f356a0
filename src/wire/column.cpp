#include "wire/column.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace atalaya::wire {
namespace {

constexpr std::array<double, 10> powers_of_ten{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
constexpr int no_exponent = -1;

// The control byte: an exponent of ten or `raw`, and whether a presence bitmap follows.
constexpr std::uint8_t raw = 0x0f;
constexpr std::uint8_t exponent_mask = 0x0f;
constexpr std::uint8_t has_absent = 0x10;

// Up to here every whole number is a double, so that converting and dividing give back what was
// there.
constexpr std::int64_t whole_max = std::int64_t{1} << 53;

bool same_bits(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

/// As std::nearbyint, which is a call into the library for every value.
double round_to_even(double value) {
    constexpr double whole_from = 0x1.8p52; // a double of this size has no fraction
    return std::fabs(value) <= 0x1p51 ? (value + whole_from) - whole_from : std::nearbyint(value);
}

double scaled(double value, int exponent) {
    return round_to_even(value * powers_of_ten[static_cast<std::size_t>(exponent)]);
}

bool is_exact(double value, int exponent) {
    const double whole = scaled(value, exponent);
    if (!(std::fabs(whole) <= static_cast<double>(whole_max))) // NaN and infinities too
        return false;
    // Through the integer, as the reader will do it: that is where -0.0 loses its sign.
    const auto back = static_cast<double>(static_cast<std::int64_t>(whole));
    return same_bits(back / powers_of_ten[static_cast<std::size_t>(exponent)], value);
}

/// The smallest exponent that gives back every value. Each exponent is asked for the whole row,
/// because exactness under one does not promise exactness under the next.
int find_exponent(std::span<const double> values) {
    for (int exponent = 0; exponent < static_cast<int>(powers_of_ten.size()); ++exponent) {
        bool exact = true;
        for (const double value : values) {
            if (!is_absent(value) && !is_exact(value, exponent)) {
                exact = false;
                break;
            }
        }
        if (exact)
            return exponent;
    }
    return no_exponent;
}

/// Deltas as zigzag varints; a run of n zeros is a zero and n - 1, because most gauges stand still.
void write_whole_numbers(Writer& out, std::span<const double> values, int exponent) {
    std::int64_t before = 0;
    std::uint64_t zeros = 0;
    const auto end_run = [&] {
        if (zeros > 0)
            out.u8(0).varint(zeros - 1);
        zeros = 0;
    };
    for (const double value : values) {
        if (is_absent(value))
            continue;
        const auto whole = static_cast<std::int64_t>(scaled(value, exponent));
        if (whole == before) {
            ++zeros;
            continue;
        }
        end_run();
        out.varint(zigzag(whole - before));
        before = whole;
    }
    end_run();
}

void read_whole_numbers(Reader& in, std::span<double> values, int exponent) {
    const double divisor = powers_of_ten[static_cast<std::size_t>(exponent)];
    std::int64_t whole = 0;
    std::uint64_t zeros = 0;
    for (double& value : values) {
        if (is_absent(value))
            continue;
        if (zeros > 0) {
            --zeros;
        } else if (const std::uint64_t delta = in.varint(); delta == 0) {
            zeros = in.varint();
        } else {
            // Wraps instead of overflowing: the bytes may come from anybody.
            whole = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole) +
                                              static_cast<std::uint64_t>(unzigzag(delta)));
        }
        if (!in.ok() || whole > whole_max || whole < -whole_max)
            return in.fail();
        value = static_cast<double>(whole) / divisor;
    }
    if (zeros > 0)
        in.fail();
}

void write_presence(Writer& out, std::span<const double> values) {
    for (std::size_t from = 0; from < values.size(); from += 8) {
        std::uint8_t bits = 0;
        for (std::size_t k = 0; k < 8 && from + k < values.size(); ++k) {
            if (!is_absent(values[from + k]))
                bits = static_cast<std::uint8_t>(bits | 1u << k);
        }
        out.u8(bits);
    }
}

/// Marks absent values in `values`, the others become zero.
void read_presence(Reader& in, std::span<double> values) {
    const BytesView bits = in.raw((values.size() + 7) / 8);
    if (!in.ok())
        return;
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = bits[i / 8] >> (i % 8) & 1 ? 0.0 : absent();
    }
}

} // namespace

void write_column(Writer& out, std::span<const double> values) {
    bool gaps = false;
    for (const double value : values)
        gaps = gaps || is_absent(value);
    const int exponent = find_exponent(values);
    const auto coding = exponent == no_exponent ? raw : static_cast<std::uint8_t>(exponent);
    out.u8(static_cast<std::uint8_t>(coding | (gaps ? has_absent : 0)));
    if (gaps)
        write_presence(out, values);
    if (exponent != no_exponent)
        return write_whole_numbers(out, values, exponent);
    for (const double value : values) {
        if (!is_absent(value))
            out.u64(std::bit_cast<std::uint64_t>(value));
    }
}

void read_column(Reader& in, std::span<double> values) {
    const std::uint8_t control = in.u8();
    for (double& value : values)
        value = 0;
    if (control & has_absent)
        read_presence(in, values);
    const std::uint8_t coding = control & exponent_mask;
    const bool known = coding == raw || coding < powers_of_ten.size();
    if (!in.ok() || !known || control > (has_absent | exponent_mask))
        return in.fail();
    if (coding != raw)
        return read_whole_numbers(in, values, coding);
    for (double& value : values) {
        if (!is_absent(value))
            value = std::bit_cast<double>(in.u64());
    }
}

} // namespace atalaya::wire
