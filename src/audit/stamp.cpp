#include "audit/stamp.hpp"

#include "base/text.hpp"
#include "crypto/timestamp.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

constexpr std::string_view head = "atalaya-timestamp@v1\n";
constexpr std::size_t hashes_max = 64;

std::optional<Bytes> parse_canonical_base64(std::string_view text) {
    auto bytes = parse_base64(text);
    return bytes && to_base64(*bytes) == text ? bytes : std::nullopt;
}

/// `NAME NUMBER`, the number as it must be written.
std::optional<std::int64_t> parse_number(std::string_view line, std::string_view name) {
    if (!line.starts_with(name))
        return std::nullopt;
    line.remove_prefix(name.size());
    const auto number = parse_integer(line);
    return number && *number >= 0 && std::to_string(*number) == line ? number : std::nullopt;
}

std::optional<Time> find_time(const Stamp& stamp, const Result<crypto::Timestamp>& said) {
    const bool fits =
        said && verify_inclusion(leaf_hash(checkpoint_entry(stamp.checkpoint)), stamp.index,
                                 stamp.size, stamp.hashes, said->imprint);
    return fits ? std::optional(said->at) : std::nullopt;
}

SubtreeHash hash_of(const std::vector<Hash>& entries) {
    return [&entries](std::int64_t begin, std::int64_t end) {
        Frontier frontier;
        for (std::int64_t at = begin; at < end; ++at)
            frontier.append(entries[static_cast<std::size_t>(at)]);
        return frontier.root();
    };
}

} // namespace

Hash checkpoint_entry(const Note& checkpoint) { return crypto::sha256(checkpoint.text); }

Hash stamped_root(const std::vector<Hash>& entries) {
    return hash_of(entries)(0, static_cast<std::int64_t>(entries.size()));
}

std::vector<Hash> stamp_proof(const std::vector<Hash>& entries, std::int64_t index) {
    return inclusion_proof(index, static_cast<std::int64_t>(entries.size()), hash_of(entries));
}

std::optional<Time> find_stamped_time(const Stamp& stamp) {
    return find_time(stamp, crypto::parse_timestamp(stamp.token));
}

std::optional<Time> prove_stamped_time(const Stamp& stamp, std::string_view authorities) {
    return find_time(stamp, crypto::verify_timestamp(stamp.token, authorities));
}

std::string encode_stamp(const Stamp& stamp) {
    std::string out = std::string(head) + "index " + std::to_string(stamp.index) + "\nsize " +
                      std::to_string(stamp.size) + "\ntoken " + to_base64(stamp.token) + "\n";
    for (const Hash& hash : stamp.hashes)
        out += to_base64(hash) + "\n";
    return out + "\n" + to_text(stamp.checkpoint);
}

Result<Stamp> parse_stamp(std::string_view text) {
    const ParseError refused{"a timestamp is not of the known form"};
    const auto gap = text.find("\n\n");
    if (!text.starts_with(head) || gap == text.npos)
        return refused;
    auto note = parse_note(text.substr(gap + 2));
    if (!note)
        return refused;
    const auto lines = split(text.substr(head.size(), gap - head.size()), '\n');
    if (lines.size() < 3 || lines.size() > 3 + hashes_max || !lines[2].starts_with("token "))
        return refused;
    const auto index = parse_number(lines[0], "index "), size = parse_number(lines[1], "size ");
    auto token = parse_canonical_base64(lines[2].substr(6));
    if (!index || !size || !token || token->empty() || token->size() > crypto::timestamp_bytes_max)
        return refused;
    Stamp out{*index, *size, {}, std::move(*token), std::move(*note)};
    for (std::size_t at = 3; at < lines.size(); ++at) {
        const auto bytes = parse_canonical_base64(lines[at]);
        if (!bytes || bytes->size() != sizeof(Hash))
            return refused;
        std::copy(bytes->begin(), bytes->end(), out.hashes.emplace_back().begin());
    }
    return out;
}

} // namespace atalaya::audit
