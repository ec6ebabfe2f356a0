#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace atalaya {

void check_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", expression, file, line);
    std::abort();
}

void check_request_failed(const char* expression, const char* file, int line) {
    throw LogicFault(std::string(expression) + " at " + file + ":" + std::to_string(line));
}

} // namespace atalaya
