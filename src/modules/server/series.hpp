// Metrics of one server over a range, as an answer. On the thread of the transaction.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::server {

struct SeriesView {
    std::string name;
    shape::Labels labels;
    std::string unit;
    std::vector<std::optional<double>> avg;
    std::vector<std::optional<double>> min;
    std::vector<std::optional<double>> max;
};

struct RangeView {
    Time from;
    Time to;
    std::int64_t step_s = 0;
    std::vector<std::int64_t> times;
    std::vector<SeriesView> series;
};

inline constexpr std::array series_parameters{
    api::Parameter{"from", "An hour before `to` if not given.", api::ParameterKind::time},
    api::Parameter{"to", "Now if not given.", api::ParameterKind::time},
    api::Parameter{"max_points", "1 to 2000; 600 if not given.", api::ParameterKind::integer},
    api::Parameter{"name", "Only series of this name; all if not given.", api::ParameterKind::text,
                   true}};
RangeView get_series(api::Call& call);

} // namespace atalaya::server

namespace atalaya::shape {
template <>
struct Described<server::SeriesView> {
    static const Shape shape;
};
template <>
struct Described<server::RangeView> {
    static const Shape shape;
};
} // namespace atalaya::shape
