// A witness (C2SP tlog-witness): cosigns a checkpoint only when it continues the one of the same
// log that it cosigned last. Also what a log sends to one, and reads back.
//
// Pure; one thread. Whoever drives it gives it its memory: `keep` must be durable when it returns,
// so that no crash makes a witness cosign two histories. What comes in comes from anybody.
#pragma once

#include "audit/merkle.hpp"
#include "audit/note.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace atalaya::audit {

/// The body of `POST PREFIX/add-checkpoint`.
struct Submission {
    std::int64_t old_size = 0; ///< of what the witness is believed to have cosigned
    std::vector<Hash> proof;
    Note note;

    bool operator==(const Submission&) const = default;
};
std::string encode_submission(const Submission& submission);
Result<Submission> parse_submission(std::string_view text);
inline constexpr std::size_t submission_bytes_max = 64 * 1024;

/// The type of a 409, whose body is the size that the witness knows.
inline constexpr std::string_view tlog_size_type = "text/x.tlog.size";
std::optional<std::int64_t> parse_known_size(std::string_view body);

struct WitnessAnswer {
    int status = 0;
    std::string type;
    std::string body;
};

/// A log, and a key under which it signs; several keys are several of these.
struct WatchedLog {
    std::string origin;
    NoteKey key;
};

class Witness {
  public:
    struct Memory {
        /// The checkpoint of this origin that was cosigned last.
        std::function<std::optional<Checkpoint>(const std::string& origin)> find;
        std::function<void(const Checkpoint&, const Note& cosigned)> keep;
    };

    /// `key` of type cosignature.
    Witness(NoteKey key, Secret seed, std::vector<WatchedLog> logs, Memory memory);

    WitnessAnswer add_checkpoint(std::string_view body, Time now);

  private:
    std::vector<NoteKey> keys_of(std::string_view origin) const;

    const NoteKey key_;
    const Secret seed_;
    const std::vector<WatchedLog> logs_;
    const Memory memory_;
};

} // namespace atalaya::audit
