#include "audit/witness.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::string_view old_word = "old ";
constexpr std::size_t proof_lines_max = 63;

std::optional<std::int64_t> parse_size(std::string_view text) {
    const auto number = parse_integer(text);
    return number && *number >= 0 && std::to_string(*number) == text ? number : std::nullopt;
}

std::optional<Hash> parse_hash(std::string_view text) {
    const auto bytes = parse_base64(text);
    Hash out{};
    if (!bytes || bytes->size() != out.size() || to_base64(*bytes) != text)
        return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

WitnessAnswer refuse(int status, std::string words) {
    return {status, "text/plain; charset=utf-8", std::move(words) + "\n"};
}

WitnessAnswer answer_size(std::int64_t size) {
    return {409, std::string(tlog_size_type), std::to_string(size) + "\n"};
}

/// Those of the known keys; none when one of them does not hold.
std::vector<NoteSignature> find_signatures(const Note& note, const std::vector<NoteKey>& keys) {
    std::vector<NoteSignature> out;
    for (const NoteSignature& one : note.signatures) {
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const NoteKey& known) {
            return known.name == one.name && known.id() == one.key_id;
        });
        if (key == keys.end())
            continue;
        if (!is_signed_by(*key, note.text, one))
            return {};
        out.push_back(one);
    }
    return out;
}

} // namespace

std::string encode_submission(const Submission& submission) {
    std::string out = std::string(old_word) + std::to_string(submission.old_size) + "\n";
    for (const Hash& hash : submission.proof)
        out += to_base64(hash) + "\n";
    return out + "\n" + to_text(submission.note);
}

Result<Submission> parse_submission(std::string_view text) {
    const ParseError refused{"the body is not `old SIZE`, proof, empty line, checkpoint"};
    const auto head_end = text.find("\n\n");
    if (text.size() > submission_bytes_max || head_end == text.npos || !text.starts_with(old_word))
        return refused;
    const auto lines = split(text.substr(old_word.size(), head_end - old_word.size()), '\n');
    const auto size = parse_size(lines.front());
    auto note = parse_note(text.substr(head_end + 2));
    if (!size || !note || lines.size() > 1 + proof_lines_max)
        return refused;
    Submission out{*size, {}, std::move(*note)};
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto hash = parse_hash(lines[i]);
        if (!hash)
            return refused;
        out.proof.push_back(*hash);
    }
    return out;
}

std::optional<std::int64_t> parse_known_size(std::string_view body) {
    if (!body.ends_with('\n'))
        return std::nullopt;
    return parse_size(body.substr(0, body.size() - 1));
}

Witness::Witness(NoteKey key, Secret seed, std::vector<WatchedLog> logs, Memory memory)
    : key_(std::move(key)),
      seed_(std::move(seed)),
      logs_(std::move(logs)),
      memory_(std::move(memory)) {}

std::vector<NoteKey> Witness::keys_of(std::string_view origin) const {
    std::vector<NoteKey> keys;
    for (const WatchedLog& log : logs_) {
        if (log.origin == origin)
            keys.push_back(log.key);
    }
    return keys;
}

WitnessAnswer Witness::add_checkpoint(std::string_view body, Time now) {
    const auto submission = parse_submission(body);
    if (!submission)
        return refuse(400, submission.error().reason);
    const Note& note = submission->note;
    const auto checkpoint = parse_any_checkpoint(note.text);
    if (!checkpoint)
        return refuse(400, checkpoint.error().reason);
    const auto keys = keys_of(checkpoint->origin);
    if (keys.empty())
        return refuse(404, "this witness does not know the log " + checkpoint->origin);
    const auto own = find_signatures(note, keys);
    if (own.empty())
        return refuse(403, "the checkpoint is not signed by a key that is known of this log");
    const std::int64_t old_size = submission->old_size;
    if (old_size > checkpoint->size)
        return refuse(400, "the old size is larger than the checkpoint's");
    const Checkpoint kept = memory_.find(checkpoint->origin)
                                .value_or(Checkpoint{checkpoint->origin, 0, Frontier().root()});
    if (old_size != kept.size)
        return answer_size(kept.size);
    if (checkpoint->size == 0 && checkpoint->root != Frontier().root())
        return refuse(422, "this is not the root of a tree of nothing");
    if (old_size == checkpoint->size && kept.root != checkpoint->root)
        return answer_size(kept.size);
    if (!verify_consistency(kept.size, kept.root, checkpoint->size, checkpoint->root,
                            submission->proof))
        return refuse(422, "the proof does not show that the log only grew");
    const NoteSignature cosignature = cosign_note(key_, seed_, note.text, now);
    Note cosigned{note.text, own}; // evidence, should the log fork
    cosigned.signatures.push_back(cosignature);
    memory_.keep(*checkpoint, cosigned);
    return {200, "text/plain; charset=utf-8", to_line(cosignature)};
}

} // namespace atalaya::audit
