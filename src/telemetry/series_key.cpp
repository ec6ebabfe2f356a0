#include "telemetry/series_key.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstring>

namespace atalaya::telemetry {
namespace {

constexpr std::size_t described_bytes_max = 512;

void write_text(std::string_view text, std::string& key) {
    std::size_t size = text.size();
    for (; size >= 0x80; size >>= 7) {
        key.push_back(static_cast<char>(size | 0x80));
    }
    key.push_back(static_cast<char>(size));
    key.append(text);
}

std::uint64_t load(const char* from) {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Both halves of the product, so that every bit of the input reaches every bit of the result.
std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

} // namespace

void write_series_key(std::span<const LabelView> labels, std::string& key) {
    key.clear();
    for (const LabelView& label : labels) {
        write_text(label.name, key);
        write_text(label.value, key);
    }
}

std::optional<Labels> parse_series_key(std::string_view key) {
    Labels labels;
    Reader in(as_bytes(key));
    while (in.ok() && in.left() > 0) {
        Label label;
        label.name = in.text(in.varint());
        label.value = in.text(in.varint());
        labels.push_back(std::move(label));
    }
    if (!in.ok())
        return std::nullopt;
    return labels;
}

std::uint64_t hash_series_key(std::string_view key, std::uint64_t seed) {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15;
    constexpr std::uint64_t other = 0xd6e8'feb8'6659'fd93;
    std::uint64_t hash = mix(seed ^ key.size(), odd);
    const char* at = key.data();
    std::size_t left = key.size();
    for (; left > 16; left -= 16, at += 16) {
        hash = mix(load(at) ^ hash, load(at + 8) ^ other ^ seed);
    }
    char last[16] = {};
    std::memcpy(last, at, left);
    return mix(mix(load(last) ^ hash, load(last + 8) ^ other ^ seed), odd);
}

std::string find_label_fault(std::span<const LabelView> labels) {
    if (labels.empty())
        return "a series without labels";
    if (labels.size() > labels_max)
        return "more than " + std::to_string(labels_max) + " labels";
    std::string_view before;
    for (const LabelView& label : labels) {
        if (label.name.empty())
            return "a label without a name";
        if (label.name.size() > label_name_bytes_max || label.value.size() > label_value_bytes_max)
            return "a label that is too long";
        if (!is_utf8(label.name) || !is_utf8(label.value))
            return "a label that is not UTF-8";
        if (label.value.empty())
            return "a label with an empty value";
        if (label.name <= before)
            return "labels that are not in ascending order, or a label twice";
        before = label.name;
    }
    return {};
}

bool names_server(std::span<const LabelView> labels) {
    return std::ranges::any_of(labels, [](const LabelView& label) {
        return label.name == server_id_label && parse_uuid(label.value);
    });
}

std::string describe_series(std::span<const LabelView> labels) {
    std::string name, rest;
    for (const LabelView& label : labels) {
        if (label.name == metric_name_label) {
            name = label.value;
        } else {
            rest += (rest.empty() ? "" : ", ") + std::string(label.name) + "=\"" +
                    std::string(label.value) + "\"";
        }
    }
    std::string text = rest.empty() ? name : name + "{" + rest + "}";
    if (text.size() <= described_bytes_max)
        return text;
    std::size_t end = described_bytes_max;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
        --end;
    }
    return text.substr(0, end) + "...";
}

} // namespace atalaya::telemetry
