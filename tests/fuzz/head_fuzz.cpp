// What any bytes do to the reader of request heads: they are refused, or what comes out holds
// nothing that another parser could read differently. Built for libFuzzer by
// `clang++ -fsanitize=fuzzer`, and as an ordinary test by head_fuzz_test.cpp.
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "net/head.hpp"

#include <cstdlib>

namespace {

using namespace atalaya;

void demand(bool holds) {
    if (!holds)
        std::abort();
}

/// However the bytes arrive, the head ends at one place.
void demand_one_end(std::string_view text, const net::HeadEnd& whole) {
    for (std::size_t seen = 0, size = 1; size <= text.size(); seen = size, size += 7) {
        const net::HeadEnd end = net::find_head_end(text.substr(0, size), seen);
        if (end.bad)
            return demand(whole.bad);
        if (end.size > 0)
            return demand(whole.bad || end.size == whole.size);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(BytesView(data, size));
    const net::HeadEnd end = net::find_head_end(text, 0);
    demand(end.size <= text.size());
    demand_one_end(text, end);
    if (end.bad || end.size == 0)
        return 0; // the reader is given whole heads only
    const auto parsed = net::parse_request_head(text.substr(0, end.size));
    const auto* head = std::get_if<net::RequestHead>(&parsed);
    if (!head)
        return 0;
    demand(net::is_token(head->request.method));
    demand(head->request.path == "*" || head->request.path.starts_with('/'));
    demand(is_utf8(head->request.path) && head->request.path.find('\0') == std::string::npos);
    demand(!(head->framing.chunked && head->framing.content_length));
    demand(head->request.headers.size() <= net::head_fields_max);
    for (const net::Header& header : head->request.headers)
        demand(net::is_token(header.name) && net::is_field_value(header.value));
    return 0;
}
