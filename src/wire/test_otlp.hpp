// Messages of OTLP, written by hand for tests.
#pragma once

#include "wire/test_protobuf.hpp"

namespace atalaya::wire::test {

inline std::string attribute(std::string_view name, std::string_view value) {
    return field(1, name) + field(2, field(1, value));
}
/// A request of one resource, `test` by name, with metrics that are made with metric().
inline std::string otlp_request(const std::string& metrics) {
    return field(1, field(1, field(1, attribute("service.name", "test")) +
                                 field(1, attribute("host.name", "example"))) +
                        field(2, metrics));
}
/// `data` is a gauge (5), sum (7), histogram (9) or summary (11).
inline std::string metric(std::string_view name, std::string_view unit, std::uint64_t kind,
                          const std::string& data) {
    return field(2, field(1, name) + field(3, unit) + field(kind, data));
}
inline std::string number_point(std::uint64_t time_ns, double value, const std::string& more = "") {
    return field(1, fixed64_field(3, time_ns) + double_field(4, value) + more);
}
/// Two buckets: up to 0.5, and all; packed as everybody sends them.
inline std::string histogram_point(std::uint64_t time_ns, std::uint64_t low, std::uint64_t high) {
    return field(1, fixed64_field(3, time_ns) + fixed64_field(4, low + high) +
                        double_field(5, 2.25) + field(6, fixed64(low) + fixed64(high)) +
                        field(7, fixed64(std::bit_cast<std::uint64_t>(0.5))) +
                        field(9, attribute("http.route", "/")));
}
inline std::string sint32_field(std::uint64_t number, std::int32_t value) {
    const auto twice = static_cast<std::uint32_t>(value) << 1;
    return varint_field(number, value < 0 ? ~twice : twice);
}
/// Of an exponential histogram: of each side the first bucket's number and the counts, packed.
inline std::string exponential_buckets(std::int32_t offset, std::string_view counts) {
    return sint32_field(1, offset) + field(2, counts);
}
inline std::string exponential_point(std::uint64_t time_ns, std::uint64_t count, std::int32_t scale,
                                     const std::string& above, const std::string& below = "") {
    return field(1, field(1, attribute("http.route", "/")) + fixed64_field(3, time_ns) +
                        fixed64_field(4, count) + double_field(5, 2.25) + sint32_field(6, scale) +
                        fixed64_field(7, 2) + field(8, above) + field(9, below) +
                        double_field(14, 0.125));
}
inline std::string delta() { return varint_field(2, 1); }
inline std::string cumulative() { return varint_field(2, 2); }
inline std::string monotonic() { return varint_field(3, 1); }

} // namespace atalaya::wire::test
