#include "bench/write_sender.hpp"

#include "bench/host_series.hpp"
#include "bench/lanes.hpp"

#include <algorithm>
#include <cstring>
#include <snappy.h>
#include <vector>

namespace atalaya::bench {
namespace {

constexpr std::size_t connections = 4;
/// As many as Prometheus sends at once by default.
constexpr std::size_t samples_at_once = 2'000;
/// Prometheus takes no sample that is much older than its newest one.
constexpr std::int64_t apart_max = 40;

void append_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) {
        out.push_back(static_cast<char>(value | 0x80));
    }
    out.push_back(static_cast<char>(value));
}

void append_field(char number, std::string_view content, std::string& out) {
    out.push_back(static_cast<char>(number << 3 | 2));
    append_varint(content.size(), out);
    out.append(content);
}

std::string encode_labels(const Labels& labels) {
    std::string out;
    for (const Label& label : labels) {
        std::string pair;
        append_field(1, label.name, pair);
        append_field(2, label.value, pair);
        append_field(1, pair, out);
    }
    return out;
}

std::string encode_sample(const Sample& sample) {
    std::string out(1, 1 << 3 | 1);
    char bits[8];
    std::memcpy(bits, &sample.value, sizeof bits);
    out.append(bits, sizeof bits);
    out.push_back(2 << 3);
    append_varint(static_cast<std::uint64_t>(sample.time_ms), out);
    return out;
}

std::string make_head(const Sending& what) {
    return "POST " + what.path +
           " HTTP/1.1\r\n"
           "Host: 127.0.0.1\r\n"
           "Content-Type: application/x-protobuf\r\n"
           "Content-Encoding: snappy\r\n"
           "X-Prometheus-Remote-Write-Version: 0.1.0\r\n"
           "X-Forwarded-Proto: https\r\n" +
           (what.bearer.empty() ? "" : "Authorization: Bearer " + what.bearer + "\r\n");
}

/// What one connection sends: every so many-th host.
class Lane {
  public:
    Lane(const Sending& what, std::size_t number, Progress& progress)
        : what_(what),
          number_(number),
          progress_(progress),
          connection_(what.port, make_head(what)) {
        for (std::size_t host = number; host < what.hosts; host += progress.lanes()) {
            for (HostSeries& series : make_host(what.first_host + host)) {
                labels_.push_back(encode_labels(series.labels()));
                series_.push_back(std::move(series));
            }
        }
    }

    void run() {
        for (std::int64_t step = 0; step < what_.steps; ++step) {
            const std::int64_t time_ms = what_.start_ms + step * step_ms;
            for (std::size_t i = 0; i < series_.size(); ++i) {
                add(labels_[i], {time_ms, series_[i].next(time_ms)});
            }
            progress_.go_on(number_, step, apart_max);
        }
        send();
    }

    Sent sent;

  private:
    void add(const std::string& labels, const Sample& sample) {
        const std::string point = encode_sample(sample); // short: its size is one byte
        body_.push_back(1 << 3 | 2);
        append_varint(labels.size() + 2 + point.size(), body_);
        body_ += labels;
        append_field(2, point, body_);
        if (++gathered_ == samples_at_once)
            send();
    }

    void send() {
        if (gathered_ == 0)
            return;
        snappy::Compress(body_.data(), body_.size(), &packed_);
        deliver(connection_, packed_, gathered_, sent);
        gathered_ = 0;
        body_.clear();
    }

    const Sending& what_;
    const std::size_t number_;
    Progress& progress_;
    HttpConnection connection_;
    std::vector<HostSeries> series_;
    std::vector<std::string> labels_;
    std::string body_, packed_;
    std::size_t gathered_ = 0;
};

} // namespace

Sent send_samples(const Sending& what) {
    return run_lanes<Lane>(what, std::min(connections, what.hosts));
}

} // namespace atalaya::bench
