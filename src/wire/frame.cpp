#include "wire/frame.hpp"

#include "base/check.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace atalaya::wire {
namespace {

constexpr std::uint16_t magic = 0x4150; // "AP"
constexpr std::uint8_t version = 1;
constexpr std::uint8_t table_follows = 1;
constexpr std::uint8_t facts_follow = 2;
constexpr std::uint64_t times_step_max = static_cast<std::uint64_t>(time_ms_max);

void write_text(Writer& out, std::string_view text, std::size_t size_max) {
    CHECK_REQUEST(text.size() <= size_max && is_utf8(text));
    out.varint(text.size()).raw(text);
}

std::string read_text(Reader& in, std::size_t size_max) {
    const std::uint64_t size = in.varint();
    if (size > size_max) {
        in.fail();
        return {};
    }
    const std::string_view text = in.text(static_cast<std::size_t>(size));
    if (!is_utf8(text)) {
        in.fail();
        return {};
    }
    return std::string(text);
}

/// A count that is at most `limit` and that the bytes which are left could hold at all.
std::size_t read_count(Reader& in, std::size_t limit) {
    const std::uint64_t count = in.varint();
    if (count > limit || count > in.left()) {
        in.fail();
        return 0;
    }
    return static_cast<std::size_t>(count);
}

bool ascending(const std::vector<Label>& labels) {
    return std::ranges::adjacent_find(labels, [](const Label& left, const Label& right) {
               return left.name >= right.name;
           }) == labels.end();
}

bool ascending(const SeriesTable& table) {
    return std::ranges::adjacent_find(table, [](const Series& left, const Series& right) {
               return order(left, right) >= 0;
           }) == table.end();
}

void write_table(Writer& out, const SeriesTable& table) {
    CHECK_REQUEST(table.size() <= series_max && ascending(table));
    out.varint(table.size());
    for (const Series& series : table) {
        CHECK_REQUEST(!series.name.empty() && series.labels.size() <= labels_max &&
                      ascending(series.labels));
        write_text(out, series.name, name_bytes_max);
        out.u8(static_cast<std::uint8_t>(series.unit)).varint(series.labels.size());
        for (const Label& label : series.labels) {
            CHECK_REQUEST(!label.name.empty());
            write_text(out, label.name, name_bytes_max);
            write_text(out, label.value, name_bytes_max);
        }
    }
}

Series read_series(Reader& in) {
    Series series;
    series.name = read_text(in, name_bytes_max);
    const std::uint8_t unit = in.u8();
    series.unit = static_cast<Unit>(unit);
    const std::size_t labels = read_count(in, labels_max);
    bool named = !series.name.empty();
    for (std::size_t i = 0; i < labels && in.ok(); ++i) {
        std::string name = read_text(in, name_bytes_max);
        std::string value = read_text(in, name_bytes_max);
        named = named && !name.empty();
        series.labels.push_back({std::move(name), std::move(value)});
    }
    if (!named || unit >= unit_count || !ascending(series.labels))
        in.fail();
    return series;
}

SeriesTable read_table(Reader& in) {
    SeriesTable table;
    const std::size_t count = read_count(in, series_max);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        table.push_back(read_series(in));
    }
    if (!ascending(table))
        in.fail();
    return table;
}

void write_facts(Writer& out, const HostFacts& facts) {
    CHECK_REQUEST(facts.boot_time.us >= 0 && facts.boot_time.us / 1000 <= time_ms_max);
    CHECK_REQUEST(facts.addresses.size() <= addresses_max);
    for (const std::string* text : {&facts.hostname, &facts.os, &facts.kernel, &facts.architecture,
                                    &facts.agent_version, &facts.policy_hash}) {
        write_text(out, *text, fact_bytes_max);
    }
    out.varint(facts.cores).varint(facts.memory_bytes);
    out.varint(static_cast<std::uint64_t>(facts.boot_time.us)).varint(facts.addresses.size());
    for (const std::string& address : facts.addresses) {
        write_text(out, address, fact_bytes_max);
    }
}

HostFacts read_facts(Reader& in) {
    HostFacts facts;
    for (std::string* text : {&facts.hostname, &facts.os, &facts.kernel, &facts.architecture,
                              &facts.agent_version, &facts.policy_hash}) {
        *text = read_text(in, fact_bytes_max);
    }
    facts.cores = in.varint();
    facts.memory_bytes = in.varint();
    const std::uint64_t boot_us = in.varint();
    if (boot_us / 1000 > static_cast<std::uint64_t>(time_ms_max))
        in.fail();
    facts.boot_time = {static_cast<std::int64_t>(boot_us)};
    const std::size_t count = read_count(in, addresses_max);
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        facts.addresses.push_back(read_text(in, fact_bytes_max));
    }
    return facts;
}

/// Ticks come at an even pace, so that second differences are zero, one byte each.
void write_times(Writer& out, const std::vector<std::int64_t>& times_ms) {
    std::int64_t before = 0;
    std::int64_t step_before = 0;
    for (std::size_t i = 0; i < times_ms.size(); ++i) {
        const std::int64_t step = times_ms[i] - before;
        CHECK_REQUEST(times_ms[i] >= 0 && times_ms[i] <= time_ms_max && (i == 0 || step > 0));
        out.varint(zigzag(step - step_before));
        before = times_ms[i];
        step_before = i == 0 ? 0 : step;
    }
}

void read_times(Reader& in, std::vector<std::int64_t>& times_ms) {
    std::int64_t before = 0;
    std::int64_t step_before = 0;
    for (std::size_t i = 0; i < times_ms.size() && in.ok(); ++i) {
        const std::uint64_t difference = in.varint();
        if (difference > 2 * times_step_max)
            return in.fail();
        const std::int64_t step = step_before + unzigzag(difference);
        times_ms[i] = before + step;
        if (times_ms[i] < 0 || times_ms[i] > time_ms_max || (i > 0 && step <= 0))
            return in.fail();
        before = times_ms[i];
        step_before = i == 0 ? 0 : step;
    }
}

/// Everything before the columns.
void read_head(Reader& in, Push& push, std::uint8_t flags) {
    push.stream = in.u64();
    push.seq = in.varint();
    push.dropped = in.varint();
    push.table = {in.u64()};
    push.series_count = read_count(in, series_max);
    push.times_ms.resize(read_count(in, ticks_max));
    read_times(in, push.times_ms);
    if (flags & table_follows) {
        push.series = read_table(in);
        if (push.series->size() != push.series_count)
            in.fail();
    }
    if (flags & facts_follow)
        push.facts = read_facts(in);
}

} // namespace

std::string_view to_string(Unit unit) {
    constexpr std::array<std::string_view, unit_count> names{
        "count", "percent", "bytes", "seconds", "bytes_per_s", "ops_per_s", "errors_per_s"};
    return names.at(static_cast<std::size_t>(unit));
}

Unit unit_of(std::string_view metric) {
    constexpr std::array<std::pair<std::string_view, Unit>, 6> endings{{
        {"_bytes_per_s", Unit::bytes_per_s},
        {"_ops_per_s", Unit::ops_per_s},
        {"_errors_per_s", Unit::errors_per_s},
        {"_percent", Unit::percent},
        {"_bytes", Unit::bytes},
        {"_s", Unit::seconds},
    }};
    for (const auto& [ending, unit] : endings) {
        if (metric.ends_with(ending))
            return unit;
    }
    return Unit::count;
}

std::strong_ordering order(const Series& left, const Series& right) {
    const auto by_name = left.name <=> right.name;
    return by_name != 0 ? by_name : left.labels <=> right.labels;
}

TableId table_id(const std::array<std::uint8_t, 32>& sha256_of_table) {
    return {Reader(sha256_of_table).u64()};
}

Bytes encode_table(const SeriesTable& table) {
    Writer out;
    write_table(out, table);
    return std::move(out).take();
}

Result<SeriesTable> parse_table(BytesView bytes) {
    Reader in(bytes);
    SeriesTable table = read_table(in);
    if (!in.done() || !std::ranges::equal(encode_table(table), bytes))
        return ParseError{"this is not a series table in canonical form"};
    return table;
}

Bytes encode_facts(const HostFacts& facts) {
    Writer out;
    write_facts(out, facts);
    return std::move(out).take();
}

Result<HostFacts> parse_facts(BytesView bytes) {
    Reader in(bytes);
    HostFacts facts = read_facts(in);
    if (!in.done() || !std::ranges::equal(encode_facts(facts), bytes))
        return ParseError{"these are not host facts in canonical form"};
    return facts;
}

std::string to_hex(TableId id) { return atalaya::to_hex(Writer().u64(id.value).bytes()); }

std::optional<TableId> parse_table_id(std::string_view hex) {
    const auto bytes = parse_hex(hex);
    if (!bytes || bytes->size() != 8)
        return std::nullopt;
    return TableId{Reader(*bytes).u64()};
}

Bytes encode_push(const Push& push) {
    const std::size_t ticks = push.times_ms.size();
    CHECK_REQUEST(push.series_count <= series_max && ticks <= ticks_max);
    CHECK_REQUEST(push.values.size() == push.series_count * ticks);
    CHECK_REQUEST(push.values.size() <= samples_max);
    CHECK_REQUEST(!push.series || push.series->size() == push.series_count);
    Writer out;
    out.u16(magic).u8(version);
    out.u8(static_cast<std::uint8_t>((push.series ? table_follows : 0) |
                                     (push.facts ? facts_follow : 0)));
    out.u64(push.stream).varint(push.seq).varint(push.dropped).u64(push.table.value);
    out.varint(push.series_count).varint(ticks);
    write_times(out, push.times_ms);
    if (push.series)
        write_table(out, *push.series);
    if (push.facts)
        write_facts(out, *push.facts);
    for (std::size_t i = 0; i < push.series_count; ++i) {
        write_column(out, push.column(i));
    }
    return std::move(out).take();
}

Result<Push> parse_push(BytesView frame) {
    if (frame.size() > frame_bytes_max)
        return ParseError{"the frame is larger than 1 MiB"};
    Reader in(frame);
    if (in.u16() != magic)
        return ParseError{"this is not a push frame"};
    if (in.u8() != version)
        return ParseError{"the frame's version is not known; this server reads version 1"};
    const std::uint8_t flags = in.u8();
    if (flags > (table_follows | facts_follow))
        return ParseError{"the frame's head holds unknown flags"};
    Push push;
    read_head(in, push, flags);
    if (!in.ok())
        return ParseError{"the frame's head is cut short or breaks a limit"};
    const std::size_t ticks = push.times_ms.size();
    if (push.series_count * ticks > samples_max)
        return ParseError{"the frame holds more than 1,048,576 values"};
    push.values.resize(push.series_count * ticks);
    for (std::size_t i = 0; i < push.series_count && in.ok(); ++i) {
        read_column(in, {push.values.data() + i * ticks, ticks});
    }
    if (!in.done())
        return ParseError{"the frame's values are cut short, broken, or followed by something"};
    // One push, one text: what differs from our own writing could be used to hide one push behind
    // another.
    if (!std::ranges::equal(encode_push(push), frame))
        return ParseError{"the frame is not in canonical form"};
    return push;
}

} // namespace atalaya::wire
