// Signed notes and checkpoints as C2SP specifies them (signed-note, tlog-checkpoint,
// tlog-cosignature): what leaves this installation, so that tools of others can read it.
//
// Values; pure; any thread. Parsing takes text from anybody and bounds it. Only Ed25519 is known:
// type 1 for whoever keeps the log, type 4 with a time for witnesses.
#pragma once

#include "audit/encoding.hpp"
#include "base/time.hpp"
#include "crypto/ed25519.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::audit {

enum class SignatureType : std::uint8_t { ed25519 = 1, cosignature = 4 };

/// What others know of a key: `NAME+ID+BASE64`, a vkey.
struct NoteKey {
    std::string name; ///< not empty, without '+' and the spaces of Unicode
    SignatureType type = SignatureType::ed25519;
    crypto::PublicKey key{};

    std::uint32_t id() const;
    bool operator==(const NoteKey&) const = default;
};
std::string to_vkey(const NoteKey& key);
Result<NoteKey> parse_vkey(std::string_view text);
bool is_key_name(std::string_view name);

struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature; ///< without the key's id

    bool operator==(const NoteSignature&) const = default;
};

struct Note {
    std::string text; ///< with its last line feed
    std::vector<NoteSignature> signatures;

    bool operator==(const Note&) const = default;
};
inline constexpr std::size_t note_bytes_max = std::size_t{64} << 10;

std::string to_text(const Note& note);
/// The line of one signature, with its line feed.
std::string to_line(const NoteSignature& signature);
Result<Note> parse_note(std::string_view text, std::size_t bytes_max = note_bytes_max);
Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines);

NoteSignature sign_note(const NoteKey& key, const Secret& seed, std::string_view text);
/// Of a witness: type 4, over the text and the time.
NoteSignature cosign_note(const NoteKey& key, const Secret& seed, std::string_view text, Time at);
/// Whether this signature is this key's, and holds.
bool is_signed_by(const NoteKey& key, std::string_view text, const NoteSignature& signature);
/// Whether the key signed the note; a signature under its name and id that does not hold refuses
/// the whole note.
bool is_signed_by(const NoteKey& key, const Note& note);
/// When a witness says that it looked; in whole seconds.
std::optional<Time> cosigned_at(const NoteSignature& signature);

struct Checkpoint {
    std::string origin;
    std::int64_t size = 0;
    Hash root{};

    bool operator==(const Checkpoint&) const = default;
};
std::string to_text(const Checkpoint& checkpoint);
/// As this installation's signer writes them: the origin is a name, and there are three lines.
Result<Checkpoint> parse_checkpoint(std::string_view text);
/// Of any log: its origin may be any line, and lines of its own may follow the root.
Result<Checkpoint> parse_any_checkpoint(std::string_view text);

/// `<instance>/audit/<team>/<lane>`
std::string make_origin(std::string_view instance, const TeamId& team, std::int16_t lane);
/// Of the tree over all checkpoints of an installation: `<instance>/audit`
std::string make_instance_origin(std::string_view instance);

} // namespace atalaya::audit
