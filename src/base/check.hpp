// Two answers to a programmer's error.
//
// CHECK aborts: only where going on could corrupt the audit chain or cross a tenant's border.
// CHECK_REQUEST throws LogicFault, which the API turns into a 500 and an alarm: no client can end
// the server.
#pragma once

#include <stdexcept>
#include <string>

namespace atalaya {

struct LogicFault : std::logic_error {
    using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* expression, const char* file, int line);
[[noreturn]] void check_request_failed(const char* expression, const char* file, int line);

} // namespace atalaya

#define CHECK(expression)                                                                          \
    (static_cast<bool>(expression) ? void(0)                                                       \
                                   : ::atalaya::check_failed(#expression, __FILE__, __LINE__))
#define CHECK_REQUEST(expression)                                                                  \
    (static_cast<bool>(expression)                                                                 \
         ? void(0)                                                                                 \
         : ::atalaya::check_request_failed(#expression, __FILE__, __LINE__))
