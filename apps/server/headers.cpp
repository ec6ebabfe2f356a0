#include "server/headers.hpp"

namespace atalaya::server_program {

std::vector<net::Header> security_headers(const config::Config& config) {
    return {
        {"Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"},
        {"Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; "
                                    "style-src-attr 'none'; img-src 'self'; "
                                    "font-src 'self'; connect-src 'self'; manifest-src 'self'; "
                                    "form-action 'self'; base-uri 'none'; "
                                    "object-src 'none'; frame-ancestors 'none'; "
                                    "require-trusted-types-for 'script'; trusted-types 'none'"},
        {"X-Frame-Options", "DENY"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "strict-origin-when-cross-origin"},
        {"X-XSS-Protection", config.headers.xss_protection},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    };
}

} // namespace atalaya::server_program
