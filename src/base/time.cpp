#include "base/time.hpp"

#include "base/text.hpp"

#include <cstdio>

namespace atalaya {
namespace {

using namespace std::chrono;

/// `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/// Minutes east of UTC for "Z" or "+hh:mm", or nullopt.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z")
        return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    const int hours_part = digits(text, 1, 2);
    const int minutes_part = digits(text, 4, 2);
    if (hours_part < 0 || hours_part > 23 || minutes_part < 0 || minutes_part > 59)
        return std::nullopt;
    const int total = hours_part * 60 + minutes_part;
    return text[0] == '-' ? -total : total;
}

} // namespace

std::string to_rfc3339(Time time) {
    const sys_time<microseconds> point{microseconds(time.us)};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss<microseconds> clock{point - day};
    char out[40];
    std::snprintf(
        out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return out;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' ||
        text[16] != ':' || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
        return std::nullopt;
    const int year_part = digits(text, 0, 4);
    const int month_part = digits(text, 5, 2);
    const int day_part = digits(text, 8, 2);
    const int hour_part = digits(text, 11, 2);
    const int minute_part = digits(text, 14, 2);
    const int second_part = digits(text, 17, 2);
    if (year_part < 0 || month_part < 0 || day_part < 0)
        return std::nullopt;
    const year_month_day date{year(year_part), month(static_cast<unsigned>(month_part)),
                              day(static_cast<unsigned>(day_part))};
    if (!date.ok() || hour_part < 0 || hour_part > 23 || minute_part < 0 || minute_part > 59 ||
        second_part < 0 || second_part > 59)
        return std::nullopt;
    text.remove_prefix(19);
    std::int64_t fraction = 0;
    if (text[0] == '.') {
        std::size_t count = 0;
        for (text.remove_prefix(1); !text.empty() && text[0] >= '0' && text[0] <= '9'; ++count) {
            if (count < 6)
                fraction = fraction * 10 + (text[0] - '0');
            text.remove_prefix(1);
        }
        if (count == 0 || count > 9)
            return std::nullopt;
        for (; count < 6; ++count)
            fraction *= 10;
    }
    const auto offset = parse_offset(text);
    if (!offset)
        return std::nullopt;
    const auto whole = sys_days{date}.time_since_epoch() + hours(hour_part) + minutes(minute_part) +
                       seconds(second_part) - minutes(*offset);
    return Time{duration_cast<microseconds>(whole).count() + fraction};
}

Time SystemClock::now() const {
    return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

} // namespace atalaya
