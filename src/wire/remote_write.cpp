#include "wire/remote_write.hpp"

#include "wire/protobuf.hpp"

#include <snappy.h>

namespace atalaya::wire {
namespace {

/// Three bytes of a block copy at most 64, and no element of it gains more.
constexpr std::size_t snappy_gain_max = 22;

const char* as_chars(BytesView bytes) { return as_text(bytes).data(); }

bool read_label(BytesView in, LabelView& label) {
    ProtobufReader field(in);
    while (field.next()) {
        if (field.number() == 1)
            label.name = field.text();
        else if (field.number() == 2)
            label.value = field.text();
    }
    return field.ok();
}

bool read_sample(BytesView in, Sample& sample) {
    ProtobufReader field(in);
    while (field.next()) {
        if (field.number() == 1)
            sample.value = field.float64();
        else if (field.number() == 2)
            sample.time_ms = field.int64();
    }
    return field.ok();
}

} // namespace

std::optional<std::size_t> find_unpacked_size(BytesView block) {
    std::size_t size = 0;
    if (!snappy::GetUncompressedLength(as_chars(block), block.size(), &size) ||
        size > block.size() * snappy_gain_max)
        return std::nullopt;
    return size;
}

bool RemoteWrite::read_series(BytesView in) {
    starts_.push_back({labels_.size(), samples_.size()});
    ProtobufReader field(in);
    while (field.next()) {
        bool good = true;
        if (field.number() == 1)
            good = read_label(field.bytes(), labels_.emplace_back());
        else if (field.number() == 2)
            good = read_sample(field.bytes(), samples_.emplace_back());
        else if (field.number() == 4)
            ++histograms_;
        if (!good)
            return false;
    }
    return field.ok();
}

bool RemoteWrite::read_request(BytesView in) {
    // About what most senders need, so that the vectors are not moved as they grow.
    labels_.reserve(in.size() / 16);
    samples_.reserve(in.size() / 64);
    starts_.reserve(in.size() / 128);
    ProtobufReader field(in);
    while (field.next()) {
        if (field.number() == 1 && !read_series(field.bytes()))
            return false;
    }
    return field.ok();
}

void RemoteWrite::make_views() {
    series_.reserve(starts_.size());
    for (std::size_t i = 0; i < starts_.size(); ++i) {
        const Start& start = starts_[i];
        const Start end =
            i + 1 < starts_.size() ? starts_[i + 1] : Start{labels_.size(), samples_.size()};
        series_.push_back({std::span(labels_).subspan(start.label, end.label - start.label),
                           std::span(samples_).subspan(start.sample, end.sample - start.sample)});
    }
}

Result<RemoteWrite> parse_remote_write(BytesView block) {
    const auto size = find_unpacked_size(block);
    if (!size)
        return ParseError{"The body is no block of Snappy."};
    if (*size > remote_write_bytes_max)
        return ParseError{"The body unpacks to more than may be sent at once."};
    RemoteWrite request;
    request.unpacked_.resize(*size);
    if (!snappy::RawUncompress(as_chars(block), block.size(),
                               reinterpret_cast<char*>(request.unpacked_.data())))
        return ParseError{"The body is no block of Snappy."};
    if (!request.read_request(request.unpacked_))
        return ParseError{"What the body unpacks to is no WriteRequest of Protocol Buffers."};
    request.make_views();
    return request;
}

} // namespace atalaya::wire
