#include "audit/rotation.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::string_view head = "atalaya-signer-rotation@v1";

NoteKey instance_key(std::string_view instance, const Secret& seed) {
    return {make_instance_origin(instance), SignatureType::ed25519,
            crypto::ed25519_public_key(seed)};
}

std::string to_text(const Rotation& rotation) {
    return std::string(head) + "\nbefore " + to_vkey(rotation.before) + "\nafter " +
           to_vkey(rotation.after) + "\nat " + to_rfc3339(rotation.at) + "\nlog " +
           std::to_string(rotation.log_size) + "\n";
}

/// What follows `name` on the line.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    return line.starts_with(name) ? std::optional(line.substr(name.size())) : std::nullopt;
}

/// Whether a key of this name may be the one of the installation that `instance` names.
bool is_of(const NoteKey& key, const NoteKey& instance) {
    return key.type == SignatureType::ed25519 && key.key == instance.key &&
           (key.name == instance.name || key.name.starts_with(instance.name + "/"));
}

} // namespace

Note sign_rotation(std::string_view instance, const Secret& before, const Secret& after, Time at,
                   std::int64_t log_size) {
    const Rotation rotation{instance_key(instance, before), instance_key(instance, after), at,
                            log_size};
    const std::string text = to_text(rotation);
    return {text,
            {sign_note(rotation.before, before, text), sign_note(rotation.after, after, text)}};
}

Result<Rotation> parse_rotation(const Note& note) {
    const ParseError refused{"a change of keys is not of the known form"};
    const auto lines = split(note.text, '\n');
    if (lines.size() != 6 || lines[0] != head)
        return refused;
    const auto before = value_of(lines[1], "before "), after = value_of(lines[2], "after ");
    const auto at = value_of(lines[3], "at "), log = value_of(lines[4], "log ");
    if (!before || !after || !at || !log)
        return refused;
    const auto old_key = parse_vkey(*before), new_key = parse_vkey(*after);
    const auto time = parse_rfc3339(*at);
    const auto size = parse_integer(*log);
    if (!old_key || !new_key || !time || !size || *size < 0)
        return refused;
    Rotation out{*old_key, *new_key, *time, *size};
    if (to_text(out) != note.text || out.before.name != out.after.name ||
        out.before.key == out.after.key || out.before.type != SignatureType::ed25519 ||
        out.after.type != SignatureType::ed25519)
        return refused;
    if (!is_signed_by(out.before, note) || !is_signed_by(out.after, note))
        return ParseError{"a change of keys is not signed by both"};
    return out;
}

Result<KeyHistory> KeyHistory::from(const std::vector<Note>& rotations) {
    KeyHistory out;
    for (const Note& note : rotations) {
        auto one = parse_rotation(note);
        if (!one)
            return one.error();
        if (std::find(out.rotations_.begin(), out.rotations_.end(), *one) != out.rotations_.end())
            continue;
        if (out.find(one->before, true) || out.find(one->after, false))
            return ParseError{"one key was changed for two"};
        out.rotations_.push_back(std::move(*one));
    }
    return out;
}

const Rotation* KeyHistory::find(const NoteKey& key, bool is_before) const {
    const auto found = std::find_if(rotations_.begin(), rotations_.end(), [&](const Rotation& one) {
        return is_of(key, is_before ? one.before : one.after);
    });
    return found == rotations_.end() ? nullptr : &*found;
}

std::vector<NoteKey> KeyHistory::list_related(const NoteKey& key) const {
    std::vector<NoteKey> out{key};
    // No more steps than there are rotations: a forged ring of keys ends too.
    for (std::size_t step = 0; step < rotations_.size(); ++step) {
        const Rotation* const before = find(out.front(), false);
        if (!before)
            break;
        out.insert(out.begin(), {key.name, key.type, before->before.key});
    }
    for (std::size_t step = 0; step < rotations_.size(); ++step) {
        const Rotation* const after = find(out.back(), true);
        if (!after)
            break;
        out.push_back({key.name, key.type, after->after.key});
    }
    return out;
}

std::int64_t KeyHistory::age_of(const NoteKey& key) const {
    const auto related = list_related(key);
    return std::find(related.begin(), related.end(), key) - related.begin();
}

} // namespace atalaya::audit
