#include "telemetry/body.hpp"

#include "wire/column.hpp"

namespace atalaya::telemetry {
namespace {

constexpr std::uint8_t version = 1;

void write_times(Writer& out, std::span<const std::int64_t> times_ms) {
    std::int64_t before = 0;
    std::int64_t step_before = 0;
    for (std::size_t i = 0; i < times_ms.size(); ++i) {
        const std::int64_t step = times_ms[i] - before;
        out.varint(wire::zigzag(step - step_before));
        before = times_ms[i];
        step_before = i == 0 ? 0 : step;
    }
}

void read_times(Reader& in, std::span<std::int64_t> times_ms) {
    std::uint64_t before = 0; // unsigned: a damaged body must not overflow
    std::uint64_t step_before = 0;
    for (std::size_t i = 0; i < times_ms.size(); ++i) {
        const std::uint64_t step =
            step_before + static_cast<std::uint64_t>(wire::unzigzag(in.varint()));
        before += step;
        times_ms[i] = static_cast<std::int64_t>(before);
        step_before = i == 0 ? 0 : step;
    }
}

Piece make_piece(const wire::Push& push, std::size_t first, std::size_t end) {
    const std::size_t ticks = end - first;
    Writer out;
    out.u8(version).u64(push.table.value).varint(push.series_count).varint(ticks);
    write_times(out, std::span(push.times_ms).subspan(first, ticks));
    for (std::size_t series = 0; series < push.series_count; ++series) {
        wire::write_column(out, push.column(series).subspan(first, ticks));
    }
    return {push.times_ms[first], push.times_ms[end - 1], ticks, std::move(out).take()};
}

} // namespace

std::vector<Piece> cut_into_hours(const wire::Push& push, std::int64_t oldest_ms) {
    std::vector<Piece> pieces;
    const auto& times = push.times_ms;
    for (std::size_t first = 0; first < times.size();) {
        std::size_t end = first + 1;
        while (end < times.size() && times[end] / hour_ms == times[first] / hour_ms) {
            ++end;
        }
        while (first < end && times[first] < oldest_ms) {
            ++first;
        }
        if (first < end)
            pieces.push_back(make_piece(push, first, end));
        first = end;
    }
    return pieces;
}

std::optional<Body> parse_body(BytesView bytes) {
    Reader in(bytes);
    Body body;
    if (in.u8() != version)
        return std::nullopt;
    body.table = {in.u64()};
    body.series_count = static_cast<std::size_t>(in.varint());
    const std::uint64_t ticks = in.varint();
    if (!in.ok() || body.series_count > wire::series_max || ticks > wire::ticks_max ||
        body.series_count * ticks > wire::samples_max)
        return std::nullopt;
    body.times_ms.resize(static_cast<std::size_t>(ticks));
    read_times(in, body.times_ms);
    body.values.resize(body.series_count * body.times_ms.size());
    for (std::size_t series = 0; series < body.series_count && in.ok(); ++series) {
        wire::read_column(
            in,
            std::span(body.values).subspan(series * body.times_ms.size(), body.times_ms.size()));
    }
    if (!in.done())
        return std::nullopt;
    return body;
}

} // namespace atalaya::telemetry
