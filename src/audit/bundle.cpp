#include "audit/bundle.hpp"

#include "archive/zip.hpp"
#include "audit/members.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace atalaya::audit {
namespace {

using shape::Json;
using shape::json_object;

constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view events_name = "events.ndjson";
constexpr std::string_view checkpoints_name = "checkpoints.txt";
constexpr std::string_view keys_name = "keys.txt";
constexpr std::string_view rotations_name = "rotations.txt";
constexpr std::string_view proofs_folder = "proofs/";
constexpr std::string_view proof_ending = ".tlog-proof";
constexpr std::string_view stamps_folder = "timestamps/";
constexpr std::string_view stamp_ending = ".txt";
constexpr std::string_view format = "atalaya-audit-bundle";
constexpr std::int64_t version = 1;
constexpr std::size_t manifest_bytes_max = std::size_t{1} << 20;
constexpr std::size_t name_length_max = 200;
constexpr std::int64_t seq_max = (std::int64_t{1} << 53) - 1; // what every JSON reader can hold

constexpr std::array<std::pair<PartState::Kind, std::string_view>, 4> states{
    {{PartState::Kind::open, "open"},
     {PartState::Kind::erased, "erased"},
     {PartState::Kind::unopened, "unopened"},
     {PartState::Kind::broken, "broken"}}};

std::string state_name(PartState::Kind kind) {
    for (const auto& [state, name] : states) {
        if (state == kind)
            return std::string(name);
    }
    return {};
}

Json part_to_json(const PartState& part) {
    Json out = json_object({{"state", state_name(part.kind)}});
    if (part.kind == PartState::Kind::open) {
        out.set("salt", to_base64(part.salt));
        out.set("body", to_base64(part.body));
    } else if (part.kind == PartState::Kind::erased) {
        out.set("erased_by", part.erased_by);
    }
    return out;
}

Json event_to_json(const BundleEvent& event) {
    shape::Array commits, event_parts;
    for (const Hash& one : event.link.commits)
        commits.push_back(to_base64(one));
    for (const PartState& part : event.link.parts)
        event_parts.push_back(part_to_json(part));
    return json_object({{"seq", event.seq},
                        {"header", to_base64(event.link.header)},
                        {"commits", std::move(commits)},
                        {"prev", to_base64(event.link.previous)},
                        {"row", to_base64(event.link.row_hash)},
                        {"parts", std::move(event_parts)}});
}

/// Everything but the manifest, in the order in which it lies in the zip.
std::vector<archive::File> make_files(const Bundle& bundle) {
    std::string lines;
    for (const BundleEvent& event : bundle.events)
        lines += shape::write_json(event_to_json(event)) + "\n";
    std::vector<archive::File> files{{std::string(events_name), to_bytes(lines)}};
    const Evidence& evidence = bundle.evidence;
    if (!evidence.checkpoints.empty())
        files.push_back(
            {std::string(checkpoints_name), to_bytes(encode_notes(evidence.checkpoints))});
    if (!evidence.keys.empty())
        files.push_back({std::string(keys_name), to_bytes(encode_keys(evidence.keys))});
    if (!evidence.rotations.empty())
        files.push_back({std::string(rotations_name), to_bytes(encode_notes(evidence.rotations))});
    for (const EntryProof& proof : evidence.proofs)
        files.push_back({std::string(proofs_folder) + std::to_string(proof.index + 1) +
                             std::string(proof_ending),
                         to_bytes(encode_proof(proof))});
    for (std::size_t i = 0; i < evidence.stamps.size(); ++i)
        files.push_back(
            {std::string(stamps_folder) + std::to_string(i + 1) + std::string(stamp_ending),
             to_bytes(encode_stamp(evidence.stamps[i]))});
    return files;
}

/// True when the file is of the evidence; it says in `fault` when it has not the form.
bool take_evidence(const archive::File& file, Evidence& evidence, std::string& fault) {
    const std::string_view text = as_text(file.content);
    const auto take = [&](auto parsed, auto& into) {
        if (parsed)
            into = std::move(*parsed);
        else
            fault = parsed.error().reason;
        return true;
    };
    if (file.name == checkpoints_name)
        return take(parse_notes(text), evidence.checkpoints);
    if (file.name == keys_name)
        return take(parse_keys(text), evidence.keys);
    if (file.name == rotations_name)
        return take(parse_notes(text), evidence.rotations);
    if (file.name.starts_with(proofs_folder) && file.name.ends_with(proof_ending))
        return take(parse_proof(text), evidence.proofs.emplace_back());
    if (file.name.starts_with(stamps_folder) && file.name.ends_with(stamp_ending))
        return take(parse_stamp(text), evidence.stamps.emplace_back());
    return false;
}

Json manifest_to_json(const Manifest& manifest, const std::vector<archive::File>& files) {
    shape::Array names;
    for (const archive::File& file : files)
        names.push_back(file.name);
    return json_object(
        {{"format", format},
         {"version", version},
         {"team_id", to_string(manifest.team)},
         {"lane", manifest.lane},
         {"chain_id", to_string(chain_id(manifest.team, manifest.lane))},
         {"from_seq", manifest.from_seq},
         {"to_seq", manifest.to_seq},
         {"previous_hash", to_hex(manifest.previous)},
         {"head", json_object({{"seq", manifest.head_seq}, {"hash", to_hex(manifest.head_hash)}})},
         {"exported_at", to_rfc3339(manifest.exported_at)},
         {"instance",
          json_object({{"name", manifest.instance_name}, {"version", manifest.instance_version}})},
         {"files", std::move(names)}});
}

PartState part_from(Members in) {
    PartState part;
    const std::string state = in.text("state");
    const auto known = std::find_if(states.begin(), states.end(),
                                    [&](const auto& entry) { return entry.second == state; });
    if (known == states.end()) {
        in.fail();
        return part;
    }
    part.kind = known->first;
    if (part.kind == PartState::Kind::open) {
        part.salt = in.base64_hash("salt");
        part.body = in.base64("body");
        if (part.body.size() > bundle_body_bytes_max)
            in.fail();
    } else if (part.kind == PartState::Kind::erased) {
        part.erased_by = in.integer("erased_by", 1, seq_max);
    }
    in.finish();
    return part;
}

Result<BundleEvent> parse_event(std::string_view line) {
    const auto json = shape::parse_json(line);
    bool ok = json.has_value();
    BundleEvent event;
    if (ok) {
        Members in(*json, ok);
        event.seq = in.integer("seq", 1, seq_max);
        event.link.header = in.base64("header");
        for (const Json& one : in.array("commits"))
            event.link.commits.push_back(Members::hash_of(Members::base64_of(one, ok), ok));
        event.link.previous = in.base64_hash("prev");
        event.link.row_hash = in.base64_hash("row");
        for (const Json& one : in.array("parts"))
            event.link.parts.push_back(part_from(Members(one, ok)));
        in.finish();
    }
    if (!ok || event.link.commits.size() != parts.size() || event.link.parts.size() != parts.size())
        return ParseError{"a line of the events is not of the known form"};
    return event;
}

Result<std::vector<BundleEvent>> parse_events(std::string_view text) {
    std::vector<BundleEvent> events;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos)
            return ParseError{"the last line of the events is cut off"};
        auto event = parse_event(text.substr(0, end));
        if (!event)
            return event.error();
        events.push_back(std::move(*event));
        text.remove_prefix(end + 1);
    }
    return events;
}

std::string printable(std::string text, bool& ok) {
    ok = ok && text.size() <= name_length_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return text;
}

/// The manifest, and the files that it lists.
struct Opened {
    Manifest manifest;
    std::set<std::string> files;
};

Result<Opened> parse_manifest(const Bytes& content) {
    if (content.size() > manifest_bytes_max)
        return ParseError{"the manifest is too long"};
    const auto json = shape::parse_json(as_text(content));
    if (!json)
        return ParseError{"the manifest is " + json.error().reason};
    bool ok = true;
    Members in(*json, ok);
    if (in.text("format") != format || in.integer("version", 0, seq_max) != version)
        return ParseError{"the bundle has a format or version that is not known here"};
    Opened out;
    Manifest& manifest = out.manifest;
    manifest.team = TeamId(in.uuid("team_id"));
    manifest.lane =
        static_cast<std::int16_t>(in.integer("lane", 0, std::numeric_limits<std::int16_t>::max()));
    const Uuid chain = in.uuid("chain_id");
    manifest.from_seq = in.integer("from_seq", 1, seq_max);
    manifest.to_seq = in.integer("to_seq", manifest.from_seq, seq_max);
    manifest.previous = in.hex_hash("previous_hash");
    Members head = in.object("head");
    manifest.head_seq = head.integer("seq", 1, seq_max);
    manifest.head_hash = head.hex_hash("hash");
    head.finish();
    manifest.exported_at = in.time("exported_at");
    Members instance = in.object("instance");
    manifest.instance_name = printable(instance.text("name"), ok);
    manifest.instance_version = printable(instance.text("version"), ok);
    instance.finish();
    for (const Json& name : in.array("files"))
        ok = name.if_string() && out.files.insert(*name.if_string()).second && ok;
    in.finish();
    if (!ok)
        return ParseError{"the manifest is not of the known form"};
    if (chain != chain_id(manifest.team, manifest.lane))
        return ParseError{"the manifest names a chain that is not this team's"};
    return out;
}

} // namespace

Bytes encode_bundle(const Bundle& bundle) {
    std::vector<archive::File> files = make_files(bundle);
    const std::string manifest = shape::write_json(manifest_to_json(bundle.manifest, files)) + "\n";
    files.insert(files.begin(), {std::string(manifest_name), to_bytes(manifest)});
    return archive::make_zip(files);
}

Result<Bundle> parse_bundle(BytesView bytes) {
    auto files = archive::parse_zip(bytes);
    if (!files)
        return files.error();
    const auto find = [&](std::string_view name) {
        return std::find_if(files->begin(), files->end(),
                            [&](const archive::File& file) { return file.name == name; });
    };
    const auto manifest = find(manifest_name), events = find(events_name);
    if (manifest == files->end() || events == files->end())
        return ParseError{"the zip holds no manifest or no events"};
    auto opened = parse_manifest(manifest->content);
    if (!opened)
        return opened.error();
    Bundle bundle{opened->manifest, {}, {}, {}};
    std::string fault;
    for (const archive::File& file : *files) {
        if (file.name == manifest_name)
            continue;
        if (opened->files.erase(file.name) == 0)
            return ParseError{"the zip holds a file that the manifest does not list"};
        if (file.name != events_name && !take_evidence(file, bundle.evidence, fault))
            bundle.other_files.push_back(file.name);
    }
    if (!opened->files.empty())
        return ParseError{"the manifest lists a file that the zip does not hold"};
    if (!fault.empty())
        return ParseError{std::move(fault)};
    auto parsed = parse_events(as_text(events->content));
    if (!parsed)
        return parsed.error();
    bundle.events = std::move(*parsed);
    return bundle;
}

} // namespace atalaya::audit
