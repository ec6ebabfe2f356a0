// Decodes the chunked transfer coding (RFC 9112 section 7.1), without extensions and trailers:
// nobody we serve sends them, and they are where parsers come to disagree. Pure; owned by one
// session; untrusted input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace atalaya::net {

class ChunkedDecoder {
  public:
    enum class State { more, done, bad, too_large };

    explicit ChunkedDecoder(std::size_t body_bytes_max) : left_max_(body_bytes_max) {}

    /// Appends what it decodes to `body` and returns how many bytes of `in` it used. All of them,
    /// unless the body ended or cannot go on; see state().
    std::size_t feed(std::string_view in, std::string& body);
    State state() const { return state_; }

  private:
    enum class Expect { size, size_lf, data, data_cr, data_lf, last_cr, last_lf };

    void step(char c);
    void end_size_line();

    Expect expect_ = Expect::size;
    State state_ = State::more;
    std::uint64_t size_ = 0; ///< of the current chunk: so far read, later still to come
    unsigned size_digits_ = 0;
    std::size_t left_max_;
};

} // namespace atalaya::net
