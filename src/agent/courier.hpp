// Decides what is sent when: one push at a time, in order, again until it is settled, and slower
// while the server does not take it.
//
// A state machine without I/O of its own but the spool's: the caller asks for the next frame,
// carries it, and reports the answer. One thread at a time; time is any clock that is never set.
#pragma once

#include "agent/spool.hpp"
#include "base/random.hpp"

#include <chrono>
#include <optional>

namespace atalaya::agent {

/// What became of a frame.
struct Answer {
    enum class Outcome {
        accepted,
        series_unknown, ///< the server wants the table
        unauthorised,   ///< the token is not (or no longer) good
        refused,        ///< this frame will never be taken
        later,          ///< the server is busy, full or broken
        lost,           ///< no answer: the server may have it or not
    };
    Outcome outcome = Outcome::lost;
    std::optional<wire::TableId> table{}; ///< that the server knows now
    std::chrono::seconds retry_after{0};  ///< as the server wishes, for `later`
    std::string reason{};                 ///< why there was no answer, for the log
};

/// Reads status and body of an HTTP answer.
Answer parse_answer(int status, std::string_view retry_after, std::string_view body);

/// The way to the server. May block; called by the sending thread alone.
class Link {
  public:
    virtual ~Link() = default;
    virtual Answer push(BytesView frame) = 0;
};

class Courier {
  public:
    using Instant = std::chrono::milliseconds;

    Courier(Spool& spool, Random& random) : spool_(spool), random_(random) {}

    void set_facts(const wire::HostFacts& facts);
    /// Nothing when no tick waits, or it is too early to try again.
    std::optional<Bytes> next_frame(Instant now);
    void answered(const Answer& answer, Instant now);
    /// Before this instant next_frame gives nothing.
    Instant retry_at() const { return retry_at_; }

  private:
    void wait(Instant now, Instant at_least);
    void accept(const Answer& answer, Instant now);

    Spool& spool_;
    Random& random_;
    std::optional<wire::HostFacts> facts_;       ///< as they are
    std::optional<wire::HostFacts> known_facts_; ///< as the server has them
    std::optional<wire::TableId> known_table_;
    bool table_wanted_ = false; ///< by the server, for the pending push
    bool unauthorised_ = false;
    std::uint64_t sent_seq_ = 0;
    bool sent_table_ = false;
    std::optional<wire::HostFacts> sent_facts_;
    int failures_ = 0;
    Instant retry_at_{0};
};

} // namespace atalaya::agent
