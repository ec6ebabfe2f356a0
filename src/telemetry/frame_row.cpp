#include "telemetry/frame_row.hpp"

#include "telemetry/pack.hpp"

#include <cmath>

namespace atalaya::telemetry {
namespace {

constexpr std::uint8_t version = 2;

struct Run {
    std::uint64_t first;
    std::uint64_t count;
};

std::vector<Run> find_runs(std::span<const std::int64_t> ids) {
    std::vector<Run> runs;
    for (const std::int64_t each : ids) {
        const auto id = static_cast<std::uint64_t>(each);
        if (runs.empty() || id != runs.back().first + runs.back().count)
            runs.push_back({id, 0});
        ++runs.back().count;
    }
    return runs;
}

bool read_runs(Reader& in, std::vector<std::int64_t>& ids) {
    std::uint64_t next = 0;
    for (std::uint64_t runs = in.varint(); runs > 0 && in.ok(); --runs) {
        next += unzigzag(in.varint());
        const std::uint64_t count = in.varint();
        if (ids.size() + count > wire::series_max)
            return false;
        for (std::uint64_t i = 0; i < count; ++i) {
            ids.push_back(static_cast<std::int64_t>(next++));
        }
    }
    return in.ok();
}

} // namespace

Bytes encode_frame_row(std::span<const std::int64_t> series, BytesView frame) {
    const std::vector<Run> runs = find_runs(series);
    Bytes bytes{version};
    append_varint(runs.size(), bytes);
    std::uint64_t next = 0;
    for (const Run& run : runs) {
        append_varint(zigzag(run.first - next), bytes);
        append_varint(run.count, bytes);
        next = run.first + run.count;
    }
    bytes.insert(bytes.end(), frame.begin(), frame.end());
    return bytes;
}

bool is_frame_row(BytesView bytes) { return !bytes.empty() && bytes.front() == version; }

std::optional<FrameRow> parse_frame_row(BytesView bytes) {
    Reader in(bytes);
    FrameRow row;
    if (in.u8() != version || !read_runs(in, row.series))
        return std::nullopt;
    auto push = wire::parse_push(in.raw(in.left()));
    if (!push || push->series_count != row.series.size())
        return std::nullopt;
    row.push = std::move(*push);
    return row;
}

void read_column(const wire::Push& push, std::size_t column, std::size_t first_tick,
                 std::vector<Sample>& samples) {
    samples.clear();
    const std::span<const double> values = push.column(column);
    for (std::size_t tick = first_tick; tick < values.size(); ++tick) {
        if (!std::isnan(values[tick]))
            samples.push_back({push.times_ms[tick], values[tick]});
    }
}

} // namespace atalaya::telemetry
