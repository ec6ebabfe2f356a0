#include "telemetry/metric_row.hpp"

#include "telemetry/pack.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace atalaya::telemetry {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t one_sample_each = 1;
constexpr std::uint8_t same_time = 2;

constexpr std::size_t varint_bytes_max = 10;

std::uint64_t big_endian(std::uint64_t value) {
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

/// Into memory that is known to be large enough.
class Pen {
  public:
    explicit Pen(std::uint8_t* at) : at_(at) {}

    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) {
            *at_++ = static_cast<std::uint8_t>(value | 0x80);
        }
        *at_++ = static_cast<std::uint8_t>(value);
    }
    void byte(std::uint8_t value) { *at_++ = value; }
    /// Moves on by `used` bytes, though all eight are written.
    void leading_bytes(std::uint64_t value, std::size_t used) {
        value = big_endian(value);
        std::memcpy(at_, &value, sizeof value);
        at_ += used;
    }
    std::uint8_t* skip(std::size_t size) { return std::exchange(at_, at_ + size); }
    const std::uint8_t* at() const { return at_; }

  private:
    std::uint8_t* at_;
};

/// The steps of a time series are mostly the same, from one series to the next as well.
class Steps {
  public:
    std::uint64_t encode(std::int64_t time_ms, bool first_of_series) {
        const auto time = static_cast<std::uint64_t>(time_ms);
        const std::uint64_t from = first_of_series ? first_ : last_;
        const std::uint64_t step = first_of_series ? 0 : step_;
        const std::uint64_t difference = time - from - step;
        note(time, time - from, first_of_series);
        return zigzag(difference);
    }
    std::int64_t decode(std::uint64_t code, bool first_of_series) {
        const std::uint64_t from = first_of_series ? first_ : last_;
        const std::uint64_t distance = unzigzag(code) + (first_of_series ? 0 : step_);
        note(from + distance, distance, first_of_series);
        return static_cast<std::int64_t>(from + distance);
    }

  private:
    void note(std::uint64_t time, std::uint64_t distance, bool first_of_series) {
        last_ = time;
        if (first_of_series)
            first_ = time;
        else
            step_ = distance;
    }
    std::uint64_t first_ = 0, last_ = 0, step_ = 0;
};

std::uint8_t shape_of(const MetricRow& row) {
    std::uint8_t shape = 0;
    if (row.samples.size() == row.series.size())
        shape |= one_sample_each;
    if (std::ranges::all_of(row.samples, [&](const Sample& sample) {
            return sample.time_ms == row.samples.front().time_ms;
        }))
        shape |= same_time;
    return shape;
}

void write_times(const MetricRow& row, std::uint8_t shape, Pen& out) {
    Steps steps;
    const Sample* sample = row.samples.data();
    for (const std::uint32_t count : row.counts) {
        for (std::uint32_t i = 0; i < count; ++i, ++sample) {
            out.varint(steps.encode(sample->time_ms, i == 0));
            if (shape & same_time)
                return;
        }
    }
}

void write_values(const MetricRow& row, Pen& out) {
    std::uint8_t* sizes = out.skip((row.samples.size() + 1) / 2);
    for (std::size_t i = 0; i < row.samples.size(); ++i) {
        const auto bits = std::bit_cast<std::uint64_t>(row.samples[i].value);
        const std::size_t used = 8 - static_cast<std::size_t>(std::countr_zero(bits)) / 8;
        sizes[i / 2] = static_cast<std::uint8_t>(sizes[i / 2] | used << (i % 2 * 4));
        out.leading_bytes(bits, used);
    }
}

bool read_series(Reader& in, std::size_t count, std::uint8_t shape, MetricRow& row) {
    std::uint64_t id = 0;
    for (std::size_t i = 0; i < count; ++i) {
        id += unzigzag(in.varint());
        row.series.push_back(static_cast<std::int64_t>(id));
    }
    std::uint64_t samples = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t each = shape & one_sample_each ? 1 : in.varint();
        // Half a byte is the least that a sample takes.
        if (each == 0 || each > 2 * in.left())
            return false;
        row.counts.push_back(static_cast<std::uint32_t>(each));
        samples += each;
    }
    if (!in.ok() || samples > 2 * in.left())
        return false;
    row.samples.resize(samples);
    return true;
}

void read_times(Reader& in, std::uint8_t shape, MetricRow& row) {
    Steps steps;
    Sample* sample = row.samples.data();
    if (shape & same_time) {
        const std::int64_t time_ms = steps.decode(in.varint(), true);
        for (Sample& each : row.samples) {
            each.time_ms = time_ms;
        }
        return;
    }
    for (const std::uint32_t count : row.counts) {
        for (std::uint32_t i = 0; i < count; ++i, ++sample) {
            sample->time_ms = steps.decode(in.varint(), i == 0);
        }
    }
}

void read_values(Reader& in, MetricRow& row) {
    const BytesView sizes = in.raw((row.samples.size() + 1) / 2);
    for (std::size_t i = 0; in.ok() && i < row.samples.size(); ++i) {
        const std::size_t used = std::size_t{sizes[i / 2]} >> (i % 2 * 4) & 15;
        const BytesView bytes = in.raw(used);
        std::uint64_t bits = 0;
        if (!in.ok() || used > sizeof bits)
            return in.fail();
        std::memcpy(&bits, bytes.data(), used);
        row.samples[i].value = std::bit_cast<double>(big_endian(bits));
    }
}

} // namespace

Bytes encode_metric_row(const MetricRow& row) {
    const std::size_t bytes_max = 2 + varint_bytes_max + 2 * varint_bytes_max * row.series.size() +
                                  (varint_bytes_max + 1 + 8) * row.samples.size() + 16;
    Bytes bytes(bytes_max);
    Pen out(bytes.data());
    const std::uint8_t shape = shape_of(row);
    out.byte(version);
    out.byte(shape);
    out.varint(row.series.size());
    std::uint64_t before = 0;
    for (const std::int64_t id : row.series) {
        out.varint(zigzag(static_cast<std::uint64_t>(id) - before));
        before = static_cast<std::uint64_t>(id);
    }
    if (!(shape & one_sample_each)) {
        for (const std::uint32_t count : row.counts) {
            out.varint(count);
        }
    }
    write_times(row, shape, out);
    write_values(row, out);
    bytes.resize(static_cast<std::size_t>(out.at() - bytes.data()));
    return bytes;
}

std::optional<MetricRow> parse_metric_row(BytesView bytes) {
    Reader in(bytes);
    const bool known = in.u8() == version;
    const std::uint8_t shape = in.u8();
    const std::uint64_t count = in.varint();
    MetricRow row;
    if (!known || !in.ok() || count > in.left() || !read_series(in, count, shape, row))
        return std::nullopt;
    read_times(in, shape, row);
    read_values(in, row);
    if (!in.done())
        return std::nullopt;
    return row;
}

} // namespace atalaya::telemetry
