// Samples of made-up hosts, for the measures of metrics: `atalaya_samples`.
//
//     send PORT PATH BEARER|- FIRST_HOST HOSTS START_S STEPS
//         by remote write; prints samples, requests, repeated ones and seconds
//     push PORT START_S STEPS TICKS
//         as agents, so many ticks in each frame; reads their tokens, a line for each host; prints
//         the same
//     pack HOSTS STEPS
//         into the chunks that blocks are made of; prints for each metric how many bytes a sample
//         takes, and for all of them together also millions of samples packed and unpacked a second
#include "bench/chunk_rate.hpp"
#include "bench/push_sender.hpp"
#include "bench/write_sender.hpp"

#include "base/text.hpp"

#include <cstdio>
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>

namespace {

using namespace atalaya;

std::string text_or_none(const std::string& word) { return word == "-" ? std::string() : word; }

std::int64_t number(const char* word) {
    const auto value = parse_integer(word);
    if (!value || *value < 0)
        throw std::runtime_error("not a number: " + std::string(word));
    return *value;
}
std::size_t count(const char* word) { return static_cast<std::size_t>(number(word)); }

void print(const bench::Sent& sent) {
    std::printf("%llu %llu %llu %.3f\n", static_cast<unsigned long long>(sent.samples),
                static_cast<unsigned long long>(sent.requests),
                static_cast<unsigned long long>(sent.repeated), sent.seconds);
}

void send(std::span<char*> words) {
    const bench::Sent sent =
        bench::send_samples({.port = static_cast<std::uint16_t>(number(words[0])),
                             .path = words[1],
                             .bearer = text_or_none(words[2]),
                             .first_host = count(words[3]),
                             .hosts = count(words[4]),
                             .start_ms = number(words[5]) * 1'000,
                             .steps = number(words[6])});
    print(sent);
}

void push(std::span<char*> words) {
    bench::Pushing what{.port = static_cast<std::uint16_t>(number(words[0])),
                        .tokens = {},
                        .start_ms = number(words[1]) * 1'000,
                        .steps = number(words[2]),
                        .ticks_at_once = count(words[3])};
    for (std::string token; std::getline(std::cin, token);) {
        what.tokens.push_back(token);
    }
    print(bench::push_samples(what));
}

void pack(std::span<char*> words) {
    const bench::ChunkRate rate = bench::measure_chunks(count(words[0]), number(words[1]));
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
        } else if (words.size() == 5 && words[0] == std::string("push")) {
            push(words.subspan(1));
        } else if (words.size() == 3 && words[0] == std::string("pack")) {
            pack(words.subspan(1));
        } else {
            std::fprintf(stderr, "usage: atalaya_samples send PORT PATH BEARER|- FIRST_HOST HOSTS "
                                 "START_S STEPS | push PORT START_S STEPS TICKS | pack HOSTS "
                                 "STEPS\n");
            return 2;
        }
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya_samples: %s\n", failure.what());
        return 1;
    }
}
