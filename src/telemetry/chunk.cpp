#include "telemetry/chunk.hpp"

#include "telemetry/chunk_values.hpp"
#include "telemetry/pack.hpp"

#include <algorithm>
#include <array>

namespace atalaya::telemetry {
namespace {

/// Where the chunk before would have gone on, and how. Unsigned, since it may wrap around.
struct Pace {
    std::uint64_t next = 0, step = 0;
};

void encode_times(std::span<const std::int64_t> times_ms, Pace& pace, Bytes& out) {
    const auto time = [&](std::size_t i) { return static_cast<std::uint64_t>(times_ms[i]); };
    const std::size_t count = times_ms.size();
    const std::uint64_t first_step = count > 1 ? time(1) - time(0) : pace.step;
    std::array<std::uint64_t, chunk_points_max> turns;
    std::uint64_t turned = 0, step = first_step;
    for (std::size_t i = 2; i < count; ++i) {
        const std::uint64_t next = time(i) - time(i - 1);
        turned |= turns[i - 2] = next - step;
        step = next;
    }
    append_varint(count << 1 | (turned != 0 ? 1 : 0), out);
    append_varint(zigzag(time(0) - pace.next), out);
    if (count > 1)
        append_varint(zigzag(first_step - pace.step), out);
    if (turned != 0)
        pack({turns.data(), count - 2}, out);
    pace = {time(count - 1) + step, step};
}

bool decode_times(Reader& in, bool vary, Pace& pace, std::span<std::int64_t> times_ms) {
    const std::size_t count = times_ms.size();
    std::uint64_t time = pace.next + unzigzag(in.varint());
    std::uint64_t step = pace.step;
    if (count > 1)
        step += unzigzag(in.varint());
    std::array<std::uint64_t, chunk_points_max> turns;
    turns[0] = 0;
    if (vary && (count < 3 || !unpack(in, {turns.data() + 1, count - 2})))
        return false;
    if (!vary) {
        for (std::int64_t& each : times_ms) {
            each = static_cast<std::int64_t>(time);
            time += step;
        }
        pace = {time, step};
        return in.ok();
    }
    times_ms[0] = static_cast<std::int64_t>(time);
    for (std::size_t i = 1; i < count; ++i) {
        step += turns[i - 1];
        time += step;
        times_ms[i] = static_cast<std::int64_t>(time);
    }
    pace = {time + step, step};
    return in.ok();
}

} // namespace

void encode_chunks(const Points& points, Bytes& out) {
    Pace pace;
    Bytes values;
    for (std::size_t start = 0; start < points.size(); start += chunk_points_max) {
        const std::size_t count = std::min(chunk_points_max, points.size() - start);
        encode_times({points.times_ms.data() + start, count}, pace, out);
        values.clear();
        encode_values({points.values.data() + start, count}, values);
        append_varint(values.size(), out);
        out.insert(out.end(), values.begin(), values.end());
    }
}

bool decode_chunks(BytesView bytes, Points& points, std::int64_t from_ms, std::int64_t to_ms) {
    Pace pace;
    Reader in(bytes);
    while (in.left() > 0) {
        const std::uint64_t head = in.varint();
        const std::uint64_t count = head >> 1;
        if (!in.ok() || count == 0 || count > chunk_points_max)
            return false;
        const std::size_t start = points.size();
        points.times_ms.resize(start + count);
        const std::span times(points.times_ms.data() + start, count);
        bool good = decode_times(in, (head & 1) != 0, pace, times);
        Reader values(in.raw(in.varint()));
        if (good && times.back() >= from_ms && times.front() <= to_ms) {
            points.values.resize(start + count);
            good = decode_values(values, {points.values.data() + start, count});
        } else {
            points.times_ms.resize(start);
        }
        if (!good || !in.ok()) {
            points.times_ms.resize(start);
            points.values.resize(start);
            return false;
        }
    }
    return true;
}

} // namespace atalaya::telemetry
