#include "bench/push_sender.hpp"

#include "bench/host_series.hpp"
#include "bench/write_sender.hpp"

#include "crypto/hash.hpp"
#include "wire/frame.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace atalaya::bench {
namespace {

constexpr std::size_t lanes = 4;

std::string make_head(const std::string& token) {
    return "POST /agent/v1/push HTTP/1.1\r\n"
           "Host: 127.0.0.1\r\n"
           "Content-Type: " +
           std::string(wire::push_content_type) +
           "\r\n"
           "X-Forwarded-Proto: https\r\n"
           "Authorization: Bearer " +
           token + "\r\n";
}

wire::Series as_column(const Labels& labels) {
    wire::Series column;
    for (const Label& label : labels) {
        if (label.name == metric_name_label)
            column.name = label.value;
        else
            column.labels.push_back(label);
    }
    return column;
}

class Agent {
  public:
    Agent(std::uint16_t port, std::size_t host, const std::string& token)
        : connection_(port, make_head(token)), series_(make_host(host)) {
        std::ranges::sort(series_, [](const HostSeries& left, const HostSeries& right) {
            return wire::order(as_column(left.labels()), as_column(right.labels())) < 0;
        });
        for (const HostSeries& each : series_) {
            table_.push_back(as_column(each.labels()));
        }
        push_.stream = host + 1;
        push_.table = wire::table_id(crypto::sha256(wire::encode_table(table_)));
        push_.series_count = table_.size();
        push_.series = table_;
    }

    void push(std::int64_t start_ms, std::size_t ticks, Sent& sent) {
        push_.times_ms.clear();
        for (std::size_t tick = 0; tick < ticks; ++tick) {
            push_.times_ms.push_back(start_ms + static_cast<std::int64_t>(tick) * step_ms);
        }
        push_.values.clear();
        for (HostSeries& each : series_) {
            for (const std::int64_t time_ms : push_.times_ms) {
                push_.values.push_back(each.next(time_ms));
            }
        }
        ++push_.seq;
        deliver(connection_, as_text(wire::encode_push(push_)), push_.values.size(), sent);
        push_.series.reset();
    }

  private:
    HttpConnection connection_;
    std::vector<HostSeries> series_;
    wire::SeriesTable table_;
    wire::Push push_;
};

class Lane {
  public:
    Lane(const Pushing& what, std::size_t number, Progress& progress)
        : what_(what), number_(number), progress_(progress) {
        for (std::size_t host = number; host < what.tokens.size(); host += progress.lanes()) {
            agents_.push_back(std::make_unique<Agent>(what.port, host, what.tokens[host]));
        }
    }

    void run() {
        const auto at_once = static_cast<std::int64_t>(what_.ticks_at_once);
        for (std::int64_t step = 0; step < what_.steps; step += at_once) {
            const auto ticks = static_cast<std::size_t>(std::min(at_once, what_.steps - step));
            for (const auto& agent : agents_) {
                agent->push(what_.start_ms + step * step_ms, ticks, sent);
            }
            progress_.go_on(number_, step, at_once);
        }
    }

    Sent sent;

  private:
    const Pushing& what_;
    const std::size_t number_;
    Progress& progress_;
    std::vector<std::unique_ptr<Agent>> agents_;
};

} // namespace

Sent push_samples(const Pushing& what) {
    return run_lanes<Lane>(what, std::min(lanes, what.tokens.size()));
}

} // namespace atalaya::bench
