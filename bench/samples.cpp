// Samples of made-up hosts, for the measures of metrics: `atalaya_samples`.
//
//     send URL BEARER|- CA|- FIRST_HOST HOSTS START_S STEPS
//         by remote write; prints samples, requests, repeated ones and seconds
//     pack HOSTS STEPS
//         into the chunks that blocks are made of; prints for each metric how many bytes a sample
//         takes, and for all of them together also millions of samples packed and unpacked a second
#include "bench/chunk_rate.hpp"
#include "bench/write_sender.hpp"

#include <cstdio>
#include <exception>
#include <span>
#include <string>

namespace {

using namespace atalaya;

std::string text_or_none(const std::string& word) { return word == "-" ? std::string() : word; }

void send(std::span<char*> words) {
    const bench::Sent sent = bench::send_samples({.url = words[0],
                                                  .bearer = text_or_none(words[1]),
                                                  .ca = text_or_none(words[2]),
                                                  .first_host = std::stoul(words[3]),
                                                  .hosts = std::stoul(words[4]),
                                                  .start_ms = std::stoll(words[5]) * 1'000,
                                                  .steps = std::stoll(words[6])});
    std::printf("%llu %llu %llu %.3f\n", static_cast<unsigned long long>(sent.samples),
                static_cast<unsigned long long>(sent.requests),
                static_cast<unsigned long long>(sent.repeated), sent.seconds);
}

void pack(std::span<char*> words) {
    const bench::ChunkRate rate =
        bench::measure_chunks(std::stoul(words[0]), std::stoll(words[1]));
    for (const auto& [metric, bytes] : rate.bytes_by_metric) {
        std::printf("%s %.3f\n", metric.c_str(), bytes);
    }
    std::printf("%.4f %.1f %.1f\n", rate.bytes, rate.packed_m_per_s, rate.unpacked_m_per_s);
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> words(argv + 1, argv + argc);
    try {
        if (words.size() == 8 && words[0] == std::string("send")) {
            send(words.subspan(1));
        } else if (words.size() == 3 && words[0] == std::string("pack")) {
            pack(words.subspan(1));
        } else {
            std::fprintf(stderr, "usage: atalaya_samples send URL BEARER|- CA|- FIRST_HOST HOSTS "
                                 "START_S STEPS | pack HOSTS STEPS\n");
            return 2;
        }
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya_samples: %s\n", failure.what());
        return 1;
    }
}
