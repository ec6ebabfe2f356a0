#include "bench/chunk_rate.hpp"

#include "bench/host_series.hpp"
#include "bench/processor_time.hpp"
#include "telemetry/chunk.hpp"

#include <bit>
#include <stdexcept>

namespace atalaya::bench {
namespace {

constexpr std::int64_t start_ms = 1'760'000'400'000;
constexpr std::int64_t step_ms = 15'000;

bool are_same(const telemetry::Points& left, const telemetry::Points& right) {
    if (left.times_ms != right.times_ms || left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (std::bit_cast<std::uint64_t>(left.values[i]) !=
            std::bit_cast<std::uint64_t>(right.values[i]))
            return false;
    }
    return true;
}

} // namespace

ChunkRate measure_chunks(std::size_t hosts, std::int64_t steps) {
    ChunkRate rate;
    std::map<std::string, double> samples_by_metric;
    double samples = 0, bytes = 0, packing_s = 0, unpacking_s = 0;
    telemetry::Points points, back; // their memory is used again, as the store does
    Bytes packed;
    for (std::size_t host = 0; host < hosts; ++host) {
        for (HostSeries& series : make_host(host)) {
            points.clear();
            back.clear();
            packed.clear();
            for (std::int64_t step = 0; step < steps; ++step) {
                const std::int64_t time_ms = start_ms + step * step_ms;
                points.add({time_ms, series.next(time_ms)});
            }
            const double began = seconds_on(CLOCK_THREAD_CPUTIME_ID);
            telemetry::encode_chunks(points, packed);
            const double between = seconds_on(CLOCK_THREAD_CPUTIME_ID);
            const bool good = telemetry::decode_chunks(packed, back);
            unpacking_s += seconds_on(CLOCK_THREAD_CPUTIME_ID) - between;
            packing_s += between - began;
            if (!good || !are_same(points, back))
                throw std::runtime_error("a chunk does not give back what it was made of");
            const std::string metric(label_value(series.labels(), metric_name_label));
            rate.bytes_by_metric[metric] += static_cast<double>(packed.size());
            samples_by_metric[metric] += static_cast<double>(points.size());
            bytes += static_cast<double>(packed.size());
            samples += static_cast<double>(points.size());
        }
    }
    for (auto& [metric, each] : rate.bytes_by_metric) {
        each /= samples_by_metric[metric];
    }
    rate.bytes = bytes / samples;
    rate.packed_m_per_s = samples / packing_s / 1e6;
    rate.unpacked_m_per_s = samples / unpacking_s / 1e6;
    return rate;
}

} // namespace atalaya::bench
