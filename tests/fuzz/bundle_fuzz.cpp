// What any bytes do to the reader of audit bundles and to the judgement of what it read: they are
// refused, or they are the bundle that is written from what was read. Built for libFuzzer by
// `clang++ -fsanitize=fuzzer`, and as an ordinary test by bundle_fuzz_test.cpp.
//
// Most mutations of a zip fail at its checksums, so the first byte says what the rest is: a zip, or
// the manifest and the events to make one of, with a NUL between.
#include "archive/zip.hpp"
#include "audit/bundle_check.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace atalaya;

Bytes pack(BytesView input) {
    const auto cut = std::find(input.begin(), input.end(), std::uint8_t{0});
    const auto at = static_cast<std::size_t>(cut - input.begin());
    return archive::make_zip(
        {{"manifest.json", to_bytes(input.first(at))},
         {"events.ndjson", to_bytes(input.subspan(std::min(at + 1, input.size())))}});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const BytesView input = BytesView(data, size).subspan(1);
    const Bytes zip = data[0] == 'z' ? to_bytes(input) : pack(input);
    const auto bundle = audit::parse_bundle(zip);
    if (!bundle)
        return 0;
    const auto report = audit::check_bundle(*bundle, {});
    const auto again = audit::parse_bundle(audit::encode_bundle(*bundle));
    if (!again || audit::check_bundle(*again, {}).verdict != report.verdict)
        std::abort();
    return 0;
}
