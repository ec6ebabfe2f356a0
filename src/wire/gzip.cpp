#include "wire/gzip.hpp"

#include <algorithm>
#include <memory>
#include <zlib.h>

namespace atalaya::wire {

Result<Bytes> unpack_gzip(BytesView packed, std::size_t bytes_max) {
    z_stream stream{};
    constexpr int gzip_of_any_window = 15 + 16;
    if (inflateInit2(&stream, gzip_of_any_window) != Z_OK)
        return ParseError{"The body cannot be unpacked now."};
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    // zlib reads through a pointer to what it could write.
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    Bytes out;
    for (int state = Z_OK; state != Z_STREAM_END;) {
        const std::size_t done = out.size();
        if (done > bytes_max)
            return ParseError{"The body unpacks to more than may be sent at once."};
        out.resize(std::min(std::max<std::size_t>(2 * done, 16 * 1024), bytes_max + 1));
        stream.next_out = out.data() + done;
        stream.avail_out = static_cast<uInt>(out.size() - done);
        state = inflate(&stream, Z_NO_FLUSH);
        const bool is_stuck = stream.avail_out > 0 && state != Z_STREAM_END;
        if ((state != Z_OK && state != Z_STREAM_END) || is_stuck)
            return ParseError{"The body is no gzip."};
        out.resize(out.size() - stream.avail_out);
    }
    if (stream.avail_in > 0)
        return ParseError{"The body is no gzip."};
    if (out.size() > bytes_max)
        return ParseError{"The body unpacks to more than may be sent at once."};
    return out;
}

} // namespace atalaya::wire
