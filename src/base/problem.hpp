// The one exception that ends a request: what the client is told (RFC 9457), and apart from it what
// only our log is told. Thrown anywhere below the API, caught in one place there; unwinding is the
// rollback.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya {

/// A stable code with its status and words. All of them stand in base/problems.hpp.
struct ProblemKind {
    std::string_view code;
    int status;
    std::string_view title;
    std::string_view advice; ///< what to do next
};

/// One fault in the input: where (RFC 6901 pointer), which, and in words.
struct Violation {
    std::string pointer;
    std::string code;
    std::string detail;
};

class Problem : public std::exception {
  public:
    explicit Problem(const ProblemKind& kind) : kind_(&kind), detail_(kind.advice) {}

    /// Adds a fault in the input.
    Problem& at(std::string pointer, std::string code, std::string detail) {
        violations_.push_back({std::move(pointer), std::move(code), std::move(detail)});
        return *this;
    }
    Problem& at(std::vector<Violation> violations) {
        violations_ = std::move(violations);
        return *this;
    }
    /// Replaces the advice by words that fit this case. Public.
    Problem& detail(std::string text) {
        detail_ = std::move(text);
        return *this;
    }
    Problem& retry_after(int seconds) {
        retry_after_s_ = seconds;
        return *this;
    }
    /// For our log only; never reaches a client.
    Problem& because(std::string text) {
        private_ = std::move(text);
        return *this;
    }

    const ProblemKind& kind() const { return *kind_; }
    const std::string& detail() const { return detail_; }
    const std::vector<Violation>& violations() const { return violations_; }
    int retry_after_s() const { return retry_after_s_; }
    const std::string& private_reason() const { return private_; }
    const char* what() const noexcept override { return kind_->code.data(); }

  private:
    const ProblemKind* kind_;
    std::string detail_;
    std::vector<Violation> violations_;
    int retry_after_s_ = 0;
    std::string private_;
};

} // namespace atalaya
