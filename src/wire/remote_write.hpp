// What Prometheus' remote write sends, version 1.0 of the protocol: a WriteRequest of Protocol
// Buffers in one block of Snappy.
//
//     WriteRequest { TimeSeries 1 }         TimeSeries { Label 1, Sample 2, Histogram 4 }
//     Label { name 1, value 2 }             Sample { double value 1, int64 timestamp 2 (ms) }
//
// Metadata and exemplars are left out, as are fields that nobody knows yet. Pure; any thread. What
// a sender gets wrong about one series (order of the labels, names, times) is judged by whoever
// stores it, so that the other series are kept.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/series.hpp"

#include <optional>
#include <vector>

namespace atalaya::wire {

/// Of an unpacked request: twice what the largest senders make.
inline constexpr std::size_t remote_write_bytes_max = std::size_t{16} << 20;

/// What a block of Snappy says it unpacks to, before anything is unpacked; absent for what is no
/// such block, or says more than its own length can hold.
std::optional<std::size_t> find_unpacked_size(BytesView block);

/// Owns what its views look into.
class RemoteWrite {
  public:
    RemoteWrite(RemoteWrite&&) = default;
    RemoteWrite& operator=(RemoteWrite&&) = default;

    const std::vector<SeriesWrite>& series() const { return series_; }
    std::size_t samples() const { return samples_.size(); }
    /// Native histograms, which are not kept.
    std::size_t histograms() const { return histograms_; }

    friend Result<RemoteWrite> parse_remote_write(BytesView block);

  private:
    /// Where a series begins in the two vectors below; it ends where the next one begins.
    struct Start {
        std::size_t label;
        std::size_t sample;
    };

    RemoteWrite() = default;
    bool read_request(BytesView in);
    bool read_series(BytesView in);
    void make_views();

    Bytes unpacked_; ///< a vector, since moving it moves no byte
    std::vector<Start> starts_;
    std::vector<LabelView> labels_;
    std::vector<Sample> samples_;
    std::vector<SeriesWrite> series_;
    std::size_t histograms_ = 0;
};

/// Refuses what unpacks to more than remote_write_bytes_max.
Result<RemoteWrite> parse_remote_write(BytesView block);

} // namespace atalaya::wire
