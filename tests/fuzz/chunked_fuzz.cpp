// What any bytes do to the decoder of chunked bodies: however they arrive, they end at the same
// place with the same body, within its bound. Built for libFuzzer by `clang++ -fsanitize=fuzzer`,
// and as an ordinary test by chunked_fuzz_test.cpp.
#include "base/bytes.hpp"
#include "net/chunked.hpp"

#include <cstdlib>

namespace {

using namespace atalaya;
using State = net::ChunkedDecoder::State;

constexpr std::size_t body_bytes_max = 64;

struct Read {
    State state = State::more;
    std::size_t used = 0;
    std::string body;
    bool operator==(const Read&) const = default;
};

Read read_in_pieces(std::string_view in, std::size_t piece) {
    Read out;
    net::ChunkedDecoder decoder(body_bytes_max);
    while (decoder.state() == State::more && out.used < in.size())
        out.used += decoder.feed(in.substr(out.used, piece), out.body);
    out.state = decoder.state();
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view in = as_text(BytesView(data, size));
    const Read whole = read_in_pieces(in, in.size());
    if (whole.used > in.size() || whole.body.size() > body_bytes_max)
        std::abort();
    for (const std::size_t piece : {1U, 2U, 5U}) {
        const Read pieces = read_in_pieces(in, piece);
        if (pieces.state != whole.state || (whole.state == State::done && !(pieces == whole)))
            std::abort();
    }
    return 0;
}
