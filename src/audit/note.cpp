#include "audit/note.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace atalaya::audit {
namespace {

constexpr std::string_view dash = "\xe2\x80\x94 "; // U+2014 and a space
constexpr std::size_t signatures_max = 64;

/// The spaces of Unicode beyond ASCII, as they stand in UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces{
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

/// Decimal as it must be written: no sign, no leading zero.
std::optional<std::int64_t> parse_size(std::string_view text) {
    const auto number = parse_integer(text);
    return number && *number >= 0 && std::to_string(*number) == text ? number : std::nullopt;
}

std::optional<Bytes> parse_canonical_base64(std::string_view text) {
    auto bytes = parse_base64(text);
    return bytes && to_base64(*bytes) == text ? bytes : std::nullopt;
}

/// Beyond it is no time; zero says of a cosignature that it states none.
bool is_cosigning_time(std::uint64_t seconds) {
    return seconds > 0 && seconds <= std::numeric_limits<std::int64_t>::max();
}

std::string cosigned_text(std::string_view text, std::uint64_t seconds) {
    return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

bool is_note_text(std::string_view text) {
    return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < ' ' && c != '\n';
           });
}

std::optional<NoteSignature> parse_line(std::string_view line) {
    if (!line.starts_with(dash))
        return std::nullopt;
    line.remove_prefix(dash.size());
    const auto space = line.find(' ');
    if (space == line.npos || !is_key_name(line.substr(0, space)))
        return std::nullopt;
    const auto bytes = parse_canonical_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= 4)
        return std::nullopt;
    Reader in(*bytes);
    NoteSignature out;
    out.name = line.substr(0, space);
    out.key_id = in.u32();
    out.signature = to_bytes(in.raw(in.left()));
    return out;
}

} // namespace

bool is_key_name(std::string_view name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) > ' ' && c != '+';
    });
    return !name.empty() && plain && is_utf8(name) &&
           std::none_of(wide_spaces.begin(), wide_spaces.end(),
                        [&](std::string_view space) { return name.find(space) != name.npos; });
}

std::uint32_t NoteKey::id() const {
    Writer in;
    in.raw(name).u8('\n').u8(static_cast<std::uint8_t>(type)).raw(key);
    return Reader(crypto::sha256(in.bytes())).u32();
}

std::string to_vkey(const NoteKey& key) {
    Writer raw;
    raw.u8(static_cast<std::uint8_t>(key.type)).raw(key.key);
    return key.name + "+" + to_hex(Writer().u32(key.id()).bytes()) + "+" + to_base64(raw.bytes());
}

Result<NoteKey> parse_vkey(std::string_view text) {
    const ParseError refused{"a key is NAME+ID+BASE64, of Ed25519"};
    const auto first = text.find('+');
    const auto second = text.find('+', first == text.npos ? first : first + 1);
    if (second == text.npos)
        return refused;
    NoteKey key;
    key.name = text.substr(0, first);
    const auto bytes = parse_canonical_base64(text.substr(second + 1));
    if (!is_key_name(key.name) || !bytes || bytes->size() != 1 + key.key.size())
        return refused;
    const std::uint8_t type = bytes->front();
    if (type != static_cast<std::uint8_t>(SignatureType::ed25519) &&
        type != static_cast<std::uint8_t>(SignatureType::cosignature))
        return refused;
    key.type = static_cast<SignatureType>(type);
    std::copy(bytes->begin() + 1, bytes->end(), key.key.begin());
    if (to_vkey(key) != text)
        return refused;
    return key;
}

std::string to_line(const NoteSignature& signature) {
    Writer raw;
    raw.u32(signature.key_id).raw(signature.signature);
    return std::string(dash) + signature.name + " " + to_base64(raw.bytes()) + "\n";
}

std::string to_text(const Note& note) {
    std::string out = note.text + "\n";
    for (const NoteSignature& one : note.signatures)
        out += to_line(one);
    return out;
}

Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines) {
    std::vector<NoteSignature> out;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        auto one = end == lines.npos ? std::nullopt : parse_line(lines.substr(0, end));
        if (!one || out.size() == signatures_max)
            return ParseError{"a line is no signature of a note"};
        out.push_back(std::move(*one));
        lines.remove_prefix(end + 1);
    }
    return out;
}

Result<Note> parse_note(std::string_view text, std::size_t bytes_max) {
    const ParseError refused{"the text is no signed note"};
    const auto gap = text.rfind("\n\n");
    if (text.size() > bytes_max || gap == text.npos || !is_note_text(text))
        return refused;
    auto signatures = parse_signatures(text.substr(gap + 2));
    if (!signatures || signatures->empty())
        return refused;
    return Note{std::string(text.substr(0, gap + 1)), std::move(*signatures)};
}

NoteSignature sign_note(const NoteKey& key, const Secret& seed, std::string_view text) {
    const auto signature = crypto::ed25519_sign(seed, as_bytes(text));
    return {key.name, key.id(), to_bytes(BytesView(signature))};
}

NoteSignature cosign_note(const NoteKey& key, const Secret& seed, std::string_view text, Time at) {
    const auto seconds = static_cast<std::uint64_t>(at.us / 1'000'000);
    const auto signature = crypto::ed25519_sign(seed, as_bytes(cosigned_text(text, seconds)));
    Writer raw;
    raw.u64(seconds).raw(signature);
    return {key.name, key.id(), std::move(raw).take()};
}

bool is_signed_by(const NoteKey& key, std::string_view text, const NoteSignature& signature) {
    if (signature.name != key.name || signature.key_id != key.id())
        return false;
    if (key.type == SignatureType::ed25519)
        return crypto::ed25519_verify(key.key, as_bytes(text), signature.signature);
    Reader in(signature.signature);
    const std::uint64_t seconds = in.u64();
    const BytesView rest = in.raw(crypto::ed25519_signature_size);
    return in.done() && is_cosigning_time(seconds) &&
           crypto::ed25519_verify(key.key, as_bytes(cosigned_text(text, seconds)), rest);
}

bool is_signed_by(const NoteKey& key, const Note& note) {
    bool holds = false;
    for (const NoteSignature& one : note.signatures) {
        if (one.name != key.name || one.key_id != key.id())
            continue;
        if (!is_signed_by(key, note.text, one))
            return false;
        holds = true;
    }
    return holds;
}

std::optional<Time> cosigned_at(const NoteSignature& signature) {
    Reader in(signature.signature);
    const std::uint64_t seconds = in.u64();
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    if (!in.ok() || in.left() != crypto::ed25519_signature_size || seconds > most)
        return std::nullopt;
    return Time{static_cast<std::int64_t>(seconds) * 1'000'000};
}

std::string to_text(const Checkpoint& checkpoint) {
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
           to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    if (std::count(text.begin(), text.end(), '\n') != 3)
        return ParseError{"the note is no checkpoint: origin, size and root are its three lines"};
    auto out = parse_any_checkpoint(text);
    if (out && !is_key_name(out->origin))
        return ParseError{"the note is no checkpoint of this kind"};
    return out;
}

Result<Checkpoint> parse_any_checkpoint(std::string_view text) {
    const ParseError refused{"the note is no checkpoint: origin, size and root come first"};
    const auto lines = split(text, '\n');
    if (lines.size() < 4 || !lines.back().empty() ||
        std::any_of(lines.begin(), lines.end() - 1, [](std::string_view l) { return l.empty(); }))
        return refused;
    const auto size = parse_size(lines[1]);
    const auto root = parse_canonical_base64(lines[2]);
    if (!size || !root || root->size() != sizeof(Hash))
        return refused;
    Checkpoint out{std::string(lines[0]), *size, {}};
    std::copy(root->begin(), root->end(), out.root.begin());
    return out;
}

std::string make_origin(std::string_view instance, const TeamId& team, std::int16_t lane) {
    return make_instance_origin(instance) + "/" + to_string(team) + "/" + std::to_string(lane);
}

std::string make_instance_origin(std::string_view instance) {
    return std::string(instance) + "/audit";
}

} // namespace atalaya::audit
