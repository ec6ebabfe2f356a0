#include "base/secret.hpp"

#include <cstring>

namespace atalaya {

Secret::~Secret() { explicit_bzero(value_.data(), value_.size()); }

} // namespace atalaya
