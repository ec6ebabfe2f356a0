#include "telemetry/chunk.hpp"

#include "telemetry/chunk_values.hpp"
#include "telemetry/pack.hpp"

#include <algorithm>
#include <array>

namespace atalaya::telemetry {
namespace {

constexpr std::uint8_t same_steps = 0;
constexpr std::uint8_t varying_steps = 1;

void encode_times(std::span<const std::int64_t> times_ms, Bytes& out) {
    const auto time = [&](std::size_t i) { return static_cast<std::uint64_t>(times_ms[i]); };
    append_varint(zigzag(time(0)), out);
    if (times_ms.size() == 1)
        return;
    const std::uint64_t step = time(1) - time(0);
    append_varint(zigzag(step), out);
    std::array<std::uint64_t, chunk_points_max> turns;
    std::uint64_t turned = 0, before = step;
    for (std::size_t i = 2; i < times_ms.size(); ++i) {
        const std::uint64_t next = time(i) - time(i - 1);
        turned |= turns[i - 2] = next - before;
        before = next;
    }
    out.push_back(turned == 0 ? same_steps : varying_steps);
    if (turned != 0)
        pack({turns.data(), times_ms.size() - 2}, out);
}

bool decode_times(Reader& in, std::span<std::int64_t> times_ms) {
    std::uint64_t time = unzigzag(in.varint());
    times_ms[0] = static_cast<std::int64_t>(time);
    if (times_ms.size() == 1)
        return in.ok();
    std::uint64_t step = unzigzag(in.varint());
    const std::uint8_t kind = in.u8();
    if (kind == same_steps) {
        for (std::size_t i = 1; i < times_ms.size(); ++i) {
            times_ms[i] = static_cast<std::int64_t>(time + i * step);
        }
        return in.ok();
    }
    std::array<std::uint64_t, chunk_points_max> turns;
    turns[0] = 0;
    if (kind != varying_steps || !unpack(in, {turns.data() + 1, times_ms.size() - 2}))
        return false;
    for (std::size_t i = 1; i < times_ms.size(); ++i) {
        step += turns[i - 1];
        time += step;
        times_ms[i] = static_cast<std::int64_t>(time);
    }
    return true;
}

} // namespace

void encode_chunks(const Points& points, Bytes& out) {
    for (std::size_t start = 0; start < points.size(); start += chunk_points_max) {
        const std::size_t count = std::min(chunk_points_max, points.size() - start);
        append_varint(count, out);
        encode_times({points.times_ms.data() + start, count}, out);
        encode_values({points.values.data() + start, count}, out);
    }
}

bool decode_chunks(BytesView bytes, Points& points) {
    Reader in(bytes);
    while (in.left() > 0) {
        const std::uint64_t count = in.varint();
        if (!in.ok() || count == 0 || count > chunk_points_max)
            return false;
        const std::size_t start = points.size();
        points.times_ms.resize(start + count);
        points.values.resize(start + count);
        if (!decode_times(in, {points.times_ms.data() + start, count}) ||
            !decode_values(in, {points.values.data() + start, count}))
            return false;
    }
    return true;
}

} // namespace atalaya::telemetry
