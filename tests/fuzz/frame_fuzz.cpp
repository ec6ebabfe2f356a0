// What any bytes do to the decoder of pushes: they are refused, or they are the canonical form of a
// push. Built for libFuzzer by `clang++ -fsanitize=fuzzer`, and as an ordinary test by
// frame_fuzz_test.cpp.
#include "wire/frame.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const atalaya::BytesView frame(data, size);
    const auto push = atalaya::wire::parse_push(frame);
    if (push.has_value() && !std::ranges::equal(atalaya::wire::encode_push(*push), frame))
        std::abort();
    return 0;
}
