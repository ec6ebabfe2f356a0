// The form for untrusted bytes: a value, or why it is not one. See ARCHITECTURE.md, "Errors".
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace atalaya {

/// Why input was refused, in words for whoever sent it; never holds the input itself.
struct ParseError {
    std::string reason;
};

[[noreturn]] inline void throw_exception_from_error(const ParseError& error,
                                                    const boost::source_location&) {
    throw std::invalid_argument(error.reason);
}

template <class T>
using Result = boost::system::result<T, ParseError>;

} // namespace atalaya
