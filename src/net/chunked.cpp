#include "net/chunked.hpp"

#include <algorithm>

namespace atalaya::net {
namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

std::size_t ChunkedDecoder::feed(std::string_view in, std::string& body) {
    std::size_t used = 0;
    while (used < in.size() && state_ == State::more) {
        if (expect_ != Expect::data) {
            step(in[used++]);
            continue;
        }
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(size_, in.size() - used));
        body.append(in.substr(used, size));
        used += size;
        size_ -= size;
        if (size_ == 0)
            expect_ = Expect::data_cr;
    }
    return used;
}

void ChunkedDecoder::step(char c) {
    const auto require = [&](char wanted, Expect next) {
        expect_ = next;
        if (c != wanted)
            state_ = State::bad;
    };
    switch (expect_) {
    case Expect::size:
        if (const int digit = digit_value(c); digit >= 0 && size_digits_ < 15) {
            size_ = size_ * 16 + static_cast<unsigned>(digit);
            ++size_digits_;
        } else if (c == '\r' && size_digits_ > 0) {
            expect_ = Expect::size_lf;
        } else {
            state_ = State::bad;
        }
        break;
    case Expect::size_lf:
        require('\n', Expect::data);
        if (state_ == State::more)
            end_size_line();
        break;
    case Expect::data_cr:
        require('\r', Expect::data_lf);
        break;
    case Expect::data_lf:
        require('\n', Expect::size);
        break;
    case Expect::last_cr:
        require('\r', Expect::last_lf);
        break;
    case Expect::last_lf:
        require('\n', Expect::last_lf);
        if (state_ == State::more)
            state_ = State::done;
        break;
    case Expect::data:
        break;
    }
}

void ChunkedDecoder::end_size_line() {
    size_digits_ = 0;
    if (size_ == 0) {
        expect_ = Expect::last_cr;
    } else if (size_ > left_max_) {
        state_ = State::too_large;
    } else {
        left_max_ -= static_cast<std::size_t>(size_);
    }
}

} // namespace atalaya::net
