// All labels of a series as one text, so that a series is looked up with one hash and one
// comparison: for each label its name and its value, each after its length as a varint.
//
// Pure; any thread.
#pragma once

#include "telemetry/series_store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace atalaya::telemetry {

inline constexpr std::size_t labels_max = 64;
inline constexpr std::size_t label_name_bytes_max = 512;
inline constexpr std::size_t label_value_bytes_max = 4'096;

/// Replaces `key`, whose memory is used again from series to series.
void write_series_key(std::span<const LabelView> labels, std::string& key);
/// Absent for what write_series_key never wrote.
std::optional<Labels> parse_series_key(std::string_view key);

/// Whoever does not know the seed cannot choose labels that meet.
std::uint64_t hash_series_key(std::string_view key, std::uint64_t seed);

/// What is wrong with labels, in words for their sender; empty when nothing is.
std::string find_label_fault(std::span<const LabelView> labels);

/// The labels by which every series of an agent says whose it is: the server's name, and its id.
inline constexpr std::string_view server_label = "server";
inline constexpr std::string_view server_id_label = "server_id";
/// Whether one of the labels is the id of a server, ours or not.
bool names_server(std::span<const LabelView> labels);

/// As PromQL writes it: `up{job="api"}`.
std::string describe_series(std::span<const LabelView> labels);

} // namespace atalaya::telemetry
