#include "base/log.hpp"

#include "base/time.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <unistd.h>

namespace atalaya::log {
namespace {

std::atomic<Level> lowest_level{Level::info};
constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            out += escape;
        } else {
            out += c;
        }
    }
    out += '"';
}

} // namespace

void set_level(Level lowest) { lowest_level = lowest; }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < lowest_level.load(std::memory_order_relaxed))
        return;
    std::string line = "{\"at\":\"" + to_rfc3339(SystemClock().now()) + "\",\"level\":\"";
    line += level_names[static_cast<std::size_t>(level)];
    line += "\",\"event\":";
    append_quoted(line, event);
    for (const auto& [name, value] : fields) {
        line += ',';
        append_quoted(line, name);
        line += ':';
        append_quoted(line, value);
    }
    line += "}\n";
    // One write for one line, so that lines of several threads do not mix; a full disk must not
    // stop the program.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace atalaya::log
