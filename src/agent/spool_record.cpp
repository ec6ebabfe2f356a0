#include "agent/spool_record.hpp"

#include <array>

namespace atalaya::agent {

namespace {

constexpr std::size_t prefix_bytes = 8;

/// RFC 3720, reflected polynomial of Castagnoli.
constexpr std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0u);
        table[i] = value;
    }
    return table;
}
constexpr auto crc_table = make_crc_table();

void write_progress(Writer& out, const Progress& progress) {
    out.varint(progress.settled).varint(progress.next_seq).varint(progress.dropped);
}

Progress read_progress(Reader& in) {
    Progress progress;
    progress.settled = in.varint();
    progress.next_seq = in.varint();
    progress.dropped = in.varint();
    return progress;
}

// The kind of a record is its place in the variant; places never change once released.

void write_payload(Writer& out, const SegmentHead& head) {
    out.u64(head.stream).varint(head.next_tick).varint(wire::zigzag(head.last_time_ms));
    write_progress(out, head.progress);
}

void write_payload(Writer& out, const TableRecord& table) {
    out.raw(wire::encode_table(table.series));
}

void write_payload(Writer& out, const TickRecord& tick) {
    out.varint(tick.number).varint(wire::zigzag(tick.time_ms)).varint(tick.values.size());
    for (const double& value : tick.values)
        wire::write_column(out, {&value, 1});
}

void write_payload(Writer& out, const Cut& cut) {
    out.varint(cut.seq).varint(cut.first).varint(cut.last).varint(cut.dropped);
    out.u8(cut.with_table ? 1 : 0);
    if (cut.facts)
        out.raw(wire::encode_facts(*cut.facts));
}

void write_payload(Writer& out, const Progress& progress) { write_progress(out, progress); }

std::optional<Record> read_head(Reader& in) {
    SegmentHead head;
    head.stream = in.u64();
    head.next_tick = in.varint();
    head.last_time_ms = wire::unzigzag(in.varint());
    head.progress = read_progress(in);
    return in.done() ? std::optional<Record>(head) : std::nullopt;
}

std::optional<Record> read_table(Reader& in) {
    auto table = wire::parse_table(in.raw(in.left()));
    return table.has_value() ? std::optional<Record>(TableRecord{std::move(*table)}) : std::nullopt;
}

std::optional<Record> read_tick(Reader& in) {
    TickRecord tick;
    tick.number = in.varint();
    tick.time_ms = wire::unzigzag(in.varint());
    const std::uint64_t count = in.varint();
    if (count > in.left())
        return std::nullopt;
    tick.values.resize(static_cast<std::size_t>(count));
    for (double& value : tick.values)
        wire::read_column(in, {&value, 1});
    return in.done() ? std::optional<Record>(std::move(tick)) : std::nullopt;
}

std::optional<Record> read_cut(Reader& in) {
    Cut cut;
    cut.seq = in.varint();
    cut.first = in.varint();
    cut.last = in.varint();
    cut.dropped = in.varint();
    cut.with_table = in.u8() == 1;
    if (in.left() > 0) {
        auto facts = wire::parse_facts(in.raw(in.left()));
        if (!facts.has_value())
            return std::nullopt;
        cut.facts = std::move(*facts);
    }
    return in.done() && cut.first <= cut.last ? std::optional<Record>(std::move(cut))
                                              : std::nullopt;
}

std::optional<Record> read_record(Reader& in) {
    switch (in.u8()) {
    case 0:
        return read_head(in);
    case 1:
        return read_table(in);
    case 2:
        return read_tick(in);
    case 3:
        return read_cut(in);
    case 4: {
        const Progress progress = read_progress(in);
        return in.done() ? std::optional<Record>(progress) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

} // namespace

std::uint32_t crc32c(BytesView bytes) {
    std::uint32_t crc = ~0u;
    for (const std::uint8_t byte : bytes)
        crc = crc >> 8 ^ crc_table[(crc ^ byte) & 0xff];
    return ~crc;
}

void append_record(Bytes& out, const Record& record) {
    Writer body;
    body.u8(static_cast<std::uint8_t>(record.index()));
    std::visit([&](const auto& content) { write_payload(body, content); }, record);
    Writer prefix;
    prefix.u32(static_cast<std::uint32_t>(body.bytes().size())).u32(crc32c(body.bytes()));
    out.insert(out.end(), prefix.bytes().begin(), prefix.bytes().end());
    out.insert(out.end(), body.bytes().begin(), body.bytes().end());
}

std::optional<Record> RecordReader::next() {
    Reader in(segment_.subspan(offset_));
    const std::uint32_t size = in.u32();
    const std::uint32_t crc = in.u32();
    const BytesView body = in.raw(size);
    if (!in.ok() || body.empty() || crc32c(body) != crc)
        return std::nullopt;
    Reader payload(body);
    auto record = read_record(payload);
    if (record)
        offset_ += prefix_bytes + size;
    return record;
}

} // namespace atalaya::agent
