// What any document does to the import of Grafana's dashboards: it is refused, or what comes out is
// a dashboard that the API takes and the store gives back. Built for libFuzzer by
// `clang++ -fsanitize=fuzzer`, and as an ordinary test by grafana_fuzz_test.cpp.
#include "modules/dashboard/grafana.hpp"
#include "shape/engine.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace atalaya;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto document = shape::parse_json(text);
    if (!document)
        return 0;
    const auto made = dashboard::convert_grafana(*document);
    if (!made)
        return 0;
    try {
        dashboard::check_body(made->content.body);
        if (shape::decode<dashboard::Content>(shape::to_json(made->content)) != made->content)
            std::abort();
    } catch (const Problem&) {
        std::abort(); // the API would have refused it
    }
    if (made->left_out.size() > 501)
        std::abort();
    return 0;
}
