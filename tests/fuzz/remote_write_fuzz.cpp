// What any bytes do to the reader of remote write, packed and unpacked: they are refused, or every
// view of what was read lies within it. Built for libFuzzer by `clang++ -fsanitize=fuzzer`, and as
// an ordinary test by remote_write_fuzz_test.cpp.
#include "wire/remote_write.hpp"
#include "wire/test_protobuf.hpp"

#include <cstdlib>

namespace {

using namespace atalaya;

void check(BytesView block) {
    const auto request = wire::parse_remote_write(block);
    if (!request)
        return;
    std::size_t bytes = 0;
    std::size_t samples = 0;
    for (const SeriesWrite& series : request->series()) {
        for (const LabelView& label : series.labels)
            bytes += std::string(label.name).size() + std::string(label.value).size();
        samples += series.samples.size();
    }
    if (samples != request->samples() || bytes > wire::find_unpacked_size(block).value())
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check({data, size});
    check(wire::test::snappy_block(as_text({data, size})));
    return 0;
}
