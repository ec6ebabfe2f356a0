#include "promql/functions.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

namespace atalaya::promql {

namespace {

using Day = std::chrono::sys_days;

/// What lies outside of the calendar is no date.
template <class Answer>
double of_time(double time_s, const Answer& answer) {
    constexpr double time_s_max = 9e11; // about the year 30,000, as far as std::chrono::year goes
    if (!(std::abs(time_s) <= time_s_max))
        return std::numeric_limits<double>::quiet_NaN();
    const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<std::int64_t>(time_s))};
    const Day day = std::chrono::floor<std::chrono::days>(time);
    return static_cast<double>(answer(day, time - day));
}

std::chrono::year_month_day date_of(Day day) { return {day}; }

} // namespace

double round_up(double value) { return std::ceil(value); }
double round_down(double value) { return std::floor(value); }
double sign_of(double value) { return value < 0 ? -1 : value > 0 ? 1 : value; }
double degrees_of(double radians) { return radians * 180 / std::numbers::pi; }
double radians_of(double degrees) { return degrees * std::numbers::pi / 180; }

double minute_of(double time_s) {
    return of_time(time_s, [](Day, std::chrono::seconds s) { return s.count() / 60 % 60; });
}

double hour_of(double time_s) {
    return of_time(time_s, [](Day, std::chrono::seconds s) { return s.count() / 3600; });
}

double day_of_week(double time_s) {
    return of_time(time_s, [](Day day, auto) { return std::chrono::weekday(day).c_encoding(); });
}

double day_of_month(double time_s) {
    return of_time(time_s, [](Day day, auto) { return unsigned{date_of(day).day()}; });
}

double day_of_year(double time_s) {
    return of_time(time_s, [](Day day, auto) {
        const Day first = date_of(day).year() / std::chrono::January / 1;
        return (day - first).count() + 1;
    });
}

double days_in_month(double time_s) {
    return of_time(time_s, [](Day day, auto) {
        const auto date = date_of(day);
        return unsigned{(date.year() / date.month() / std::chrono::last).day()};
    });
}

double month_of(double time_s) {
    return of_time(time_s, [](Day day, auto) { return unsigned{date_of(day).month()}; });
}

double year_of(double time_s) {
    return of_time(time_s, [](Day day, auto) { return int{date_of(day).year()}; });
}

} // namespace atalaya::promql
