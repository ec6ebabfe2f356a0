#include "base/secret.hpp"

#include <cstring>

namespace atalaya {

Secret::~Secret() {
    if (!value_.empty()) { // an empty vector may have no data, and explicit_bzero wants a pointer
        explicit_bzero(value_.data(), value_.size());
    }
}

} // namespace atalaya
