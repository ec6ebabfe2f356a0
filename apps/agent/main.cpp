// The command line of the agent: `atalaya-agent run --config FILE` and `atalaya-agent prove`.
#include "agent/run.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

int main(int argc, char** argv) {
    using namespace atalaya;
    const auto is = [&](int index, std::string_view word) {
        return index < argc && argv[index] == word;
    };
    try {
        if (argc == 2 && is(1, "prove")) {
            std::fputs(agent::prove().c_str(), stdout);
            return 0;
        }
        if (argc == 4 && is(1, "run") && is(2, "--config"))
            agent::run(agent::load_config(argv[3]));
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "atalaya-agent: %s\n", fault.what());
        return 1;
    }
    std::fputs("usage: atalaya-agent run --config FILE\n       atalaya-agent prove\n", stderr);
    return 2;
}
