#include "telemetry/series_head.hpp"

#include "base/check.hpp"
#include "telemetry/chunk.hpp"

#include <algorithm>
#include <map>

namespace atalaya::telemetry {
namespace {

void decode(BytesView chunk, Points& out) {
    CHECK_REQUEST(decode_chunks(chunk, out)); // we wrote it
}

} // namespace

void SeriesHead::add(std::int64_t window, std::span<const Sample> samples,
                     std::size_t chunk_samples_now) {
    if (tail_.empty() && parts_.empty() && late_.empty())
        tail_window_ = window;
    if (window > tail_window_) {
        close_tail();
        tail_window_ = window;
    }
    std::vector<Sample>& open = window < tail_window_ ? late_ : tail_;
    while (!samples.empty()) {
        const std::size_t room = chunk_samples_now - std::min(open.size(), chunk_samples_now);
        const auto some = samples.first(std::min(std::max<std::size_t>(room, 1), samples.size()));
        open.insert(open.end(), some.begin(), some.end());
        samples = samples.subspan(some.size());
        if (open.size() < chunk_samples_now)
            return;
        if (window < tail_window_)
            close_late();
        else
            close_tail();
    }
}

void SeriesHead::close(std::int64_t window, const Points& points) {
    Bytes chunk;
    encode_chunks(points, chunk);
    chunk.shrink_to_fit();
    part_bytes_ += sizeof(Part) + chunk.size();
    parts_.push_back({window, static_cast<std::uint32_t>(points.size()), false, std::move(chunk)});
}

void SeriesHead::close_tail() {
    if (tail_.empty())
        return;
    Points points;
    for (const Sample& sample : tail_) {
        points.add(sample);
    }
    tail_.clear();
    close(tail_window_, points);
}

void SeriesHead::close_late() {
    std::map<std::int64_t, Points> windows;
    for (const Sample& sample : late_) {
        windows[floor_to(sample.time_ms, window_ms)].add(sample);
    }
    std::vector<Sample>().swap(late_);
    for (const auto& [window, points] : windows) {
        close(window, points);
    }
}

void SeriesHead::collect(std::int64_t from_ms, std::int64_t to_ms, Points& out) const {
    const std::int64_t first = floor_to(from_ms, window_ms);
    for (const Part& part : parts_) {
        if (part.window >= first && part.window <= to_ms)
            decode(part.chunk, out);
    }
    if (tail_window_ >= first && tail_window_ <= to_ms) {
        for (const Sample& sample : tail_) {
            out.add(sample);
        }
    }
    for (const Sample& sample : late_) {
        if (sample.time_ms >= from_ms && sample.time_ms <= to_ms)
            out.add(sample);
    }
}

bool SeriesHead::leave(std::int64_t from_window, std::int64_t to_window) {
    const auto leaves = [&](std::int64_t window) {
        return window >= from_window && window < to_window;
    };
    if (leaves(tail_window_))
        close_tail();
    close_late();
    bool any = false;
    for (Part& part : parts_) {
        part.leaving = leaves(part.window);
        any = any || part.leaving;
    }
    return any;
}

void SeriesHead::collect_leaving(Points& out) const {
    for (const Part& part : parts_) {
        if (part.leaving)
            decode(part.chunk, out);
    }
}

void SeriesHead::gone() {
    std::erase_if(parts_, [&](const Part& part) {
        if (part.leaving)
            part_bytes_ -= sizeof(Part) + part.chunk.size();
        return part.leaving;
    });
    if (parts_.empty() && tail_.empty())
        std::vector<Sample>().swap(tail_);
}

void SeriesHead::stay() {
    for (Part& part : parts_) {
        part.leaving = false;
    }
}

std::size_t SeriesHead::bytes() const {
    return part_bytes_ + (tail_.capacity() + late_.capacity()) * sizeof(Sample);
}

std::size_t SeriesHead::samples() const {
    std::size_t count = tail_.size() + late_.size();
    for (const Part& part : parts_) {
        count += part.samples;
    }
    return count;
}

} // namespace atalaya::telemetry
