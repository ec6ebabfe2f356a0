// A value that must not be shown: it has no codec, no stream operator and no conversion, so that
// putting it into a log, a field table or an answer does not compile. The memory is wiped when it
// goes. Owned by whoever holds it; not shared between threads.
#pragma once

#include "base/bytes.hpp"

#include <utility>

namespace atalaya {

class Secret {
  public:
    Secret() = default;
    explicit Secret(Bytes value) : value_(std::move(value)) {}
    explicit Secret(std::string_view value) : value_(value.begin(), value.end()) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
    Secret& operator=(Secret other) noexcept {
        value_.swap(other.value_);
        return *this;
    }
    ~Secret();

    /// The only way out; greppable on purpose.
    BytesView reveal() const { return value_; }
    std::string_view reveal_text() const { return as_text(value_); }
    bool empty() const { return value_.empty(); }

  private:
    Bytes value_;
};

} // namespace atalaya
