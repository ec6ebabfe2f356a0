// What any bytes do to the readers of OTLP's metrics, in Protocol Buffers and in gzip: they are
// refused, or stay within what may be built of them. Built for libFuzzer by
// `clang++ -fsanitize=fuzzer`, and as an ordinary test by otlp_fuzz_test.cpp.
#include "wire/gzip.hpp"
#include "wire/otlp.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace atalaya;
    constexpr std::size_t unpacked_max = 1 << 16;
    const auto unpacked = wire::unpack_gzip({data, size}, unpacked_max);
    if (unpacked && unpacked->size() > unpacked_max)
        std::abort();
    const auto parsed = wire::parse_otlp_metrics({data, size});
    std::size_t parts = 0;
    if (parsed) {
        for (const wire::OtlpResource& resource : *parsed) {
            for (const wire::OtlpMetric& metric : resource.metrics)
                parts += 1 + metric.points.size();
        }
    }
    if (parts > wire::otlp_parts_max || parts > size)
        std::abort();
    return 0;
}
