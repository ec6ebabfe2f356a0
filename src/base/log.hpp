// The program's own log: one JSON object on one line of standard error.
//
// Any thread. Values must be content-free (ids, counts, codes, durations): names, addresses and
// e-mail never go into a log, because a log has no key that can be destroyed.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace atalaya::log {

enum class Level { debug, info, warning, error };

using Field = std::pair<std::string_view, std::string>;

void set_level(Level lowest);
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::error, event, fields);
}

} // namespace atalaya::log
