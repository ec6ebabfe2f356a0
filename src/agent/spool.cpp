#include "agent/spool.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <stdexcept>

namespace atalaya::agent {

namespace {

constexpr std::string_view suffix = ".spool";

/// Keeps the worst frame (nine bytes for each value) below the frame's limit.
constexpr std::size_t push_samples_max = 100'000;

std::string segment_name(std::uint64_t number) {
    return to_hex(Writer().u64(number).bytes()).append(suffix);
}

std::optional<std::uint64_t> parse_segment_name(std::string_view name) {
    if (!name.ends_with(suffix))
        return std::nullopt;
    const auto number = parse_hex(name.substr(0, name.size() - suffix.size()));
    if (!number || number->size() != 8)
        return std::nullopt;
    return Reader(*number).u64();
}

} // namespace

wire::TableId Spool::id_of(const wire::SeriesTable& series) {
    if (!last_id_ || series != last_series_) {
        last_series_ = series;
        last_id_ = wire::table_id(crypto::sha256(wire::encode_table(series)));
    }
    return *last_id_;
}

Spool::Spool(Disk& disk, Random& random, SpoolLimits limits) : disk_(disk), limits_(limits) {
    open();
    if (!segments_.empty())
        return;
    std::array<std::uint8_t, 8> stream{};
    random.fill(stream);
    stream_ = Reader(stream).u64();
    progress_ = {};
    next_tick_ = 0;
    if (!start_segment({}))
        throw std::runtime_error("the spool directory takes no file: is the disk full?");
}

void Spool::open() {
    std::vector<std::string> names = disk_.list();
    std::erase_if(names, [](const std::string& name) { return !parse_segment_name(name); });
    for (const std::string& name : names) {
        next_segment_ = *parse_segment_name(name) + 1;
        if (!replay(name, name == names.back()))
            disk_.remove(name);
    }
    if (segments_.empty())
        return;
    // Ticks may be missing at the front when the removal of a segment outlived the note of it.
    const auto oldest = std::ranges::find_if(
        segments_, [&](const Segment& segment) { return segment.end > progress_.settled; });
    if (oldest != segments_.end())
        progress_.settled = std::max(progress_.settled, oldest->first);
    else
        progress_.settled = next_tick_;
    if (pending_ && pending_->first < progress_.settled)
        pending_.reset();
    // The process before may have ended between writing a cut and syncing it: it must not leave
    // unsynced.
    if (!disk_.sync(segments_.back().name))
        throw std::runtime_error("the spool directory cannot be synced");
    remove_settled();
}

/// False when the file is no segment of ours.
bool Spool::replay(const std::string& name, bool newest) {
    const auto content = disk_.read(name);
    if (!content)
        return false;
    RecordReader in(*content);
    const auto first = in.next();
    const auto* head = first ? std::get_if<SegmentHead>(&*first) : nullptr;
    if (!head)
        return false;
    if (!segments_.empty() && head->stream != stream_) {
        // The newest stream is the one that lives on.
        for (const Segment& segment : segments_)
            disk_.remove(segment.name);
        segments_.clear();
        pending_.reset();
    }
    stream_ = head->stream;
    next_tick_ = head->next_tick;
    last_time_ms_ = head->last_time_ms;
    apply_progress(head->progress);
    Segment segment{.name = name, .first = next_tick_, .end = next_tick_};
    while (const auto record = in.next())
        apply(segment, *record);
    segment.size = in.offset();
    if (newest && segment.size < content->size() && !disk_.truncate(name, in.offset()))
        throw std::runtime_error("the torn end of the spool cannot be cut off");
    segments_.push_back(std::move(segment));
    return true;
}

void Spool::apply(Segment& segment, const Record& record) {
    if (const auto* table = std::get_if<TableRecord>(&record)) {
        segment.table = id_of(table->series);
    } else if (const auto* tick = std::get_if<TickRecord>(&record)) {
        next_tick_ = tick->number + 1;
        segment.end = next_tick_;
        last_time_ms_ = tick->time_ms;
    } else if (const auto* cut = std::get_if<Cut>(&record)) {
        // Cuts follow one another: what lies before this one is settled, even if the note of it is
        // lost.
        progress_.settled = std::max(progress_.settled, cut->first);
        progress_.next_seq = cut->seq + 1;
        pending_ = *cut;
    } else if (const auto* progress = std::get_if<Progress>(&record)) {
        apply_progress(*progress);
    }
}

void Spool::apply_progress(const Progress& progress) {
    progress_ = progress;
    if (pending_ && pending_->first < progress_.settled)
        pending_.reset();
}

bool Spool::start_segment(const TableRecord& table) {
    // From here on nobody syncs the old segment, and cuts of its ticks may come.
    if (!segments_.empty() && !disk_.sync(segments_.back().name))
        return false;
    Bytes content;
    append_record(content, SegmentHead{.stream = stream_,
                                       .next_tick = next_tick_,
                                       .last_time_ms = last_time_ms_,
                                       .progress = progress_});
    append_record(content, table);
    const std::string name = segment_name(next_segment_);
    if (!disk_.create(name, content))
        return false;
    ++next_segment_;
    segments_.push_back({.name = name,
                         .size = content.size(),
                         .first = next_tick_,
                         .end = next_tick_,
                         .table = id_of(table.series)});
    return true;
}

bool Spool::append_records(BytesView bytes) {
    if (!disk_.append(segments_.back().name, bytes))
        return false;
    segments_.back().size += bytes.size();
    return true;
}

bool Spool::append(const Tick& tick) {
    const wire::TableId table = id_of(tick.series);
    Bytes records;
    if (segments_.back().table != table)
        append_record(records, TableRecord{tick.series});
    const TickRecord record{next_tick_, tick.time_ms, tick.values};
    append_record(records, record);
    const Segment& current = segments_.back();
    const bool full = current.size + records.size() > limits_.segment_bytes;
    if (full && current.end > current.first) {
        if (!start_segment({tick.series})) {
            ++progress_.dropped;
            return false;
        }
        records.clear();
        append_record(records, record);
    }
    if (!append_records(records)) {
        ++progress_.dropped;
        return false;
    }
    segments_.back().table = table;
    segments_.back().end = ++next_tick_;
    last_time_ms_ = tick.time_ms;
    keep_bound();
    return true;
}

std::uint64_t Spool::size_bytes() const {
    std::uint64_t size = 0;
    for (const Segment& segment : segments_)
        size += segment.size;
    return size;
}

void Spool::keep_bound() {
    while (size_bytes() > limits_.bytes_max && segments_.size() > 1) {
        const Segment oldest = segments_.front();
        segments_.pop_front();
        const std::uint64_t from = std::max(progress_.settled, oldest.first);
        if (oldest.end > from) {
            progress_.dropped += oldest.end - from;
            progress_.settled = oldest.end;
        }
        // Should the server have it after all, it counts as dropped although it is not: the counter
        // errs on the side of the alarm.
        if (pending_ && pending_->first < progress_.settled)
            pending_.reset();
        Bytes note;
        append_record(note, progress_);
        append_records(note);
        disk_.remove(oldest.name);
    }
}

void Spool::remove_settled() {
    while (segments_.size() > 1 && segments_.front().end <= progress_.settled) {
        disk_.remove(segments_.front().name);
        segments_.pop_front();
    }
}

Spool::Run Spool::read_run(std::uint64_t first, std::size_t ticks_max) {
    Run run;
    const auto segment = std::ranges::find_if(
        segments_, [&](const Segment& candidate) { return candidate.end > first; });
    const auto content = segment == segments_.end() ? std::nullopt : disk_.read(segment->name);
    if (!content)
        return run;
    RecordReader in(*content);
    while (auto record = in.next()) {
        if (auto* table = std::get_if<TableRecord>(&*record)) {
            if (!run.ticks.empty())
                break;
            run.series = std::move(table->series);
            continue;
        }
        auto* tick = std::get_if<TickRecord>(&*record);
        if (!tick || tick->number < first)
            continue;
        const bool fits = run.ticks.size() < ticks_max &&
                          (run.ticks.size() + 1) * run.series.size() <= push_samples_max;
        if (!run.ticks.empty() && (!fits || tick->time_ms <= run.ticks.back().time_ms))
            break; // also where the clock was set back: times of a push ascend
        run.ticks.push_back(std::move(*tick));
    }
    run.first = run.ticks.empty() ? first : run.ticks.front().number;
    run.table_id = id_of(run.series);
    return run;
}

bool Spool::cut(const std::optional<wire::TableId>& known_table,
                const std::optional<wire::HostFacts>& facts) {
    if (pending_ || waiting() == 0)
        return pending_.has_value();
    const Run run = read_run(progress_.settled, limits_.push_ticks_max);
    if (run.ticks.empty())
        return false;
    const Cut cut{.seq = progress_.next_seq,
                  .first = run.first,
                  .last = run.ticks.back().number,
                  .dropped = progress_.dropped,
                  .with_table = known_table != run.table_id,
                  .facts = facts};
    Bytes note;
    append_record(note, cut);
    if (!append_records(note) || !disk_.sync(segments_.back().name))
        return false;
    ++progress_.next_seq;
    pending_ = cut;
    return true;
}

std::optional<wire::Push> Spool::read_pending() {
    if (!pending_)
        return std::nullopt;
    const std::size_t ticks = static_cast<std::size_t>(pending_->last - pending_->first + 1);
    Run run = read_run(pending_->first, ticks);
    if (run.first != pending_->first || run.ticks.size() != ticks) {
        settle(pending_->seq, false);
        return std::nullopt;
    }
    wire::Push push;
    push.stream = stream_;
    push.seq = pending_->seq;
    push.dropped = pending_->dropped;
    push.table = run.table_id;
    push.series_count = run.series.size();
    push.facts = pending_->facts;
    push.values.resize(run.series.size() * ticks);
    for (std::size_t tick = 0; tick < ticks; ++tick) {
        push.times_ms.push_back(run.ticks[tick].time_ms);
        for (std::size_t i = 0; i < run.series.size(); ++i)
            push.values[i * ticks + tick] = run.ticks[tick].values.at(i);
    }
    push.series = std::move(run.series); // the caller leaves it out when the server has it
    return push;
}

void Spool::settle(std::uint64_t seq, bool delivered) {
    if (!pending_ || pending_->seq != seq)
        return;
    progress_.settled = pending_->last + 1;
    if (!delivered)
        progress_.dropped += pending_->last - pending_->first + 1;
    pending_.reset();
    Bytes note;
    append_record(note, progress_);
    append_records(note); // when it is lost, the push is sent once more
    remove_settled();
}

void Spool::sync() { disk_.sync(segments_.back().name); }

} // namespace atalaya::agent
