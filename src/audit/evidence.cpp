#include "audit/evidence.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::string_view proof_head = "c2sp.org/tlog-proof@v1\nindex ";
constexpr std::size_t proof_hashes_max = 64;

/// Takes the text up to a line feed off, which must be there.
std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == text.npos)
        return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

} // namespace

std::string encode_notes(const std::vector<Note>& notes) {
    std::string out;
    for (const Note& note : notes)
        out += (out.empty() ? "" : "\n") + to_text(note);
    return out;
}

Result<std::vector<Note>> parse_notes(std::string_view text) {
    const ParseError refused{"the checkpoints are not notes with an empty line between"};
    std::vector<Note> out;
    while (!text.empty()) {
        const auto body = text.find("\n\n");
        if (body == text.npos || out.size() == checkpoints_max)
            return refused;
        const auto gap = text.find("\n\n", body + 2);
        auto note = parse_note(gap == text.npos ? text : text.substr(0, gap + 1));
        if (!note || (gap != text.npos && gap + 2 == text.size()))
            return refused;
        out.push_back(std::move(*note));
        text.remove_prefix(gap == text.npos ? text.size() : gap + 2);
    }
    return out;
}

std::string encode_keys(const std::vector<NoteKey>& keys) {
    std::string out;
    for (const NoteKey& key : keys)
        out += to_vkey(key) + "\n";
    return out;
}

Result<std::vector<NoteKey>> parse_keys(std::string_view text) {
    std::vector<NoteKey> out;
    while (!text.empty()) {
        const auto line = take_line(text);
        auto key = line ? parse_vkey(*line) : Result<NoteKey>(ParseError{""});
        if (!key || out.size() == checkpoints_max)
            return ParseError{"the keys are not one key on each line"};
        out.push_back(std::move(*key));
    }
    return out;
}

std::string encode_proof(const EntryProof& proof) {
    std::string out = std::string(proof_head) + std::to_string(proof.index) + "\n";
    for (const Hash& hash : proof.hashes)
        out += to_base64(hash) + "\n";
    return out + "\n" + to_text(proof.checkpoint);
}

Result<EntryProof> parse_proof(std::string_view text) {
    const ParseError refused{"a proof is not of the known form"};
    if (!text.starts_with(proof_head))
        return refused;
    text.remove_prefix(proof_head.size());
    EntryProof out;
    const auto index = take_line(text);
    const auto number = index ? parse_integer(*index) : std::nullopt;
    if (!number || *number < 0 || std::to_string(*number) != *index)
        return refused;
    out.index = *number;
    for (;;) {
        const auto line = take_line(text);
        if (!line)
            return refused;
        if (line->empty())
            break;
        const auto bytes = parse_base64(*line);
        if (!bytes || bytes->size() != sizeof(Hash) || to_base64(*bytes) != *line ||
            out.hashes.size() == proof_hashes_max)
            return refused;
        std::copy(bytes->begin(), bytes->end(), out.hashes.emplace_back().begin());
    }
    auto note = parse_note(text);
    if (!note)
        return refused;
    out.checkpoint = std::move(*note);
    return out;
}

} // namespace atalaya::audit
