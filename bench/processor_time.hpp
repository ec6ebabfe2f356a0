// Processor time, of this thread or of another process. Throws when there is no such process.
#pragma once

#include <ctime>
#include <stdexcept>

namespace atalaya::bench {

inline double seconds_on(clockid_t clock) {
    timespec now{};
    if (clock_gettime(clock, &now) != 0)
        throw std::runtime_error("a process cannot be asked for its time");
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline double seconds_of_process(int pid) {
    clockid_t clock{};
    if (clock_getcpuclockid(pid, &clock) != 0)
        throw std::runtime_error("a process is gone");
    return seconds_on(clock);
}

} // namespace atalaya::bench
