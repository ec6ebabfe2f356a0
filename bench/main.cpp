// The part of the benchmarks that stands on the floors directly: `atalaya_bench DIRECTORY`.
//
// Prints `ready DSN` once the database stands, then answers each line of its input with one line:
//     mutate TEAMS MILLISECONDS   mutations a second
//     verify LINKS                events, stored/s, links/s, SHA-256 bound/s, and which share of
//                                 stored is the database's
//     checkpoint TEAMS            processor seconds a minute of the signer, and of its session
//     explore EVENTS              events, indexed/s, index bytes each, page p95 ms, slowest filter
//                                 and its median ms, first find ms, no find ms
#include "bench/chain_rate.hpp"
#include "bench/checkpoint_rate.hpp"
#include "bench/explore_rate.hpp"
#include "bench/mutation_rate.hpp"

#include "base/log.hpp"

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

namespace {

using namespace atalaya;

void answer(bench::Stage& stage, const std::string& line) {
    std::istringstream in(line);
    std::string command;
    std::int64_t first = 0, second = 0;
    in >> command >> first >> second;
    if (command == "mutate" && first > 0 && second > 0) {
        std::printf("%.1f\n", bench::measure_mutations(stage, static_cast<std::size_t>(first),
                                                       std::chrono::milliseconds(second)));
    } else if (command == "verify" && first > 0) {
        const bench::ChainRate rate = bench::measure_chain(stage, first);
        std::printf("%lld %.1f %.1f %.1f %.4f\n", static_cast<long long>(rate.events),
                    rate.stored_per_s, rate.links_per_s, rate.bound_per_s, rate.database_share);
    } else if (command == "checkpoint" && first > 0) {
        const bench::CheckpointRate rate =
            bench::measure_checkpoints(stage, static_cast<std::size_t>(first));
        std::printf("%.6f %.6f\n", rate.signer_s, rate.database_s);
    } else if (command == "explore" && first > 0) {
        const bench::ExploreRate rate = bench::measure_explore(stage, first);
        std::printf("%lld %.1f %.1f %.3f %s %.3f %.3f %.3f\n", static_cast<long long>(rate.events),
                    rate.indexed_per_s, rate.index_bytes, rate.page_p95_ms, rate.slowest.c_str(),
                    rate.slowest_median_ms, rate.text_first_ms, rate.text_none_ms);
    } else {
        throw std::runtime_error("not a command: " + line);
    }
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: atalaya_bench DIRECTORY\n");
        return 2;
    }
    try {
        log::set_level(log::Level::warning);
        bench::Stage stage(argv[1]);
        std::printf("ready %s\n", stage.plain_dsn().c_str());
        std::fflush(stdout);
        for (std::string line; std::getline(std::cin, line);)
            answer(stage, line);
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya_bench: %s\n", failure.what());
        return 1;
    }
}
