#include "agent/courier.hpp"

#include "agent/facts.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace atalaya::agent {

namespace {

using namespace std::chrono_literals;

constexpr Courier::Instant wait_min = 1s;
constexpr Courier::Instant wait_max = 60s;
constexpr Courier::Instant wait_for_token = 60s;
/// A server may ask for patience, but a mistake in its clock must not silence the agent for a day.
constexpr std::chrono::seconds retry_after_max = 300s;

/// The text behind "table" in {"table": "..."}; the answer is that of a server we authenticated.
std::optional<wire::TableId> find_table(std::string_view body) {
    constexpr std::string_view key = "\"table\"";
    const std::size_t at = body.find(key);
    if (at == std::string_view::npos)
        return std::nullopt;
    body.remove_prefix(at + key.size());
    const std::size_t from = body.find('"');
    const std::size_t to = from == std::string_view::npos ? from : body.find('"', from + 1);
    if (to == std::string_view::npos)
        return std::nullopt;
    return wire::parse_table_id(body.substr(from + 1, to - from - 1));
}

} // namespace

Answer parse_answer(int status, std::string_view retry_after, std::string_view body) {
    using enum Answer::Outcome;
    Answer answer;
    const std::int64_t seconds = parse_integer(retry_after).value_or(0);
    answer.retry_after = std::clamp(std::chrono::seconds(seconds), 0s, retry_after_max);
    if (status >= 200 && status < 300) {
        answer.outcome = accepted;
        answer.table = find_table(body);
    } else if (status == 401 || status == 403) {
        answer.outcome = unauthorised;
    } else if (status == 409) {
        const bool unknown = body.find("series_unknown") != std::string_view::npos;
        answer.outcome = unknown ? series_unknown : later;
    } else if (status == 400 || status == 413 || status == 415 || status == 422) {
        answer.outcome = refused;
    } else {
        answer.outcome = later; // among them 404: a wrong address is mended, a dropped tick is not
    }
    return answer;
}

void Courier::set_facts(const wire::HostFacts& facts) {
    if (!facts_ || differ(*facts_, facts))
        facts_ = facts;
}

std::optional<Bytes> Courier::next_frame(Instant now) {
    if (now < retry_at_)
        return std::nullopt;
    if (!spool_.pending()) {
        if (spool_.waiting() == 0)
            return std::nullopt;
        const bool news = facts_ && facts_ != known_facts_;
        if (!spool_.cut(known_table_, news ? facts_ : std::nullopt)) {
            log::warning("agent.spool_refuses_cut");
            wait(now, wait_min);
            return std::nullopt;
        }
        table_wanted_ = false;
    }
    sent_table_ = spool_.pending()->with_table || table_wanted_;
    auto push = spool_.read_pending();
    if (!push) {
        log::error("agent.push_unreadable");
        return std::nullopt;
    }
    sent_seq_ = push->seq;
    sent_facts_ = push->facts;
    if (!sent_table_)
        push->series.reset();
    return wire::encode_push(*push);
}

void Courier::answered(const Answer& answer, Instant now) {
    using enum Answer::Outcome;
    switch (answer.outcome) {
    case accepted:
        return accept(answer, now);
    case series_unknown:
        known_table_.reset();
        if (sent_table_) // it had the table: asking again would go on for ever
            return wait(now, answer.retry_after);
        table_wanted_ = true;
        return;
    case refused:
        log::warning("agent.push_refused", {{"seq", std::to_string(sent_seq_)}});
        spool_.settle(sent_seq_, false);
        return wait(now, wait_min);
    case unauthorised:
        if (!unauthorised_)
            log::warning("agent.token_refused");
        unauthorised_ = true;
        retry_at_ = now + wait_for_token;
        return;
    case later:
    case lost:
        if (failures_ == 0)
            log::warning(answer.outcome == later ? "agent.server_busy" : "agent.server_unreachable",
                         {{"reason", answer.reason}});
        return wait(now, answer.retry_after);
    }
}

void Courier::accept(const Answer& answer, Instant now) {
    if (failures_ > 0 || unauthorised_)
        log::info("agent.server_takes_pushes", {{"waiting", std::to_string(spool_.waiting())}});
    failures_ = 0;
    unauthorised_ = false;
    retry_at_ = now;
    known_table_ = answer.table;
    if (sent_facts_)
        known_facts_ = sent_facts_;
    spool_.settle(sent_seq_, true);
}

/// Doubles from one second to a minute, with jitter, so that a thousand agents do not come back at
/// once.
void Courier::wait(Instant now, Instant at_least) {
    const Instant longest = std::min(wait_max, wait_min * (1 << std::min(failures_ + 1, 6)));
    ++failures_;
    std::array<std::uint8_t, 8> bytes{};
    random_.fill(bytes);
    const auto spread = static_cast<std::uint64_t>((longest - wait_min).count());
    const Instant jitter(Reader(bytes).u64() % (spread + 1));
    retry_at_ = now + std::max(wait_min + jitter, at_least);
}

} // namespace atalaya::agent
