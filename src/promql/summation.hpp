// Sums and means as Prometheus computes them: with Neumaier's compensation, so that the answer does
// not depend on the order of large and small values, and a mean that survives where a sum
// overflows.
//
// Pure; any thread.
#pragma once

#include <cmath>

namespace atalaya::promql {

class Summation {
  public:
    void add(double value) {
        const double sum = sum_ + value;
        if (std::isinf(sum))
            lost_ = 0;
        else if (std::abs(sum_) >= std::abs(value))
            lost_ += (sum_ - sum) + value;
        else
            lost_ += (value - sum) + sum_;
        sum_ = sum;
    }
    void scale(double factor) {
        sum_ *= factor;
        lost_ *= factor;
    }
    double total() const { return std::isinf(sum_) ? sum_ : sum_ + lost_; }
    bool is_infinite() const { return std::isinf(sum_); }
    double mean(double count) const { return sum_ / count + lost_ / count; }

  private:
    double sum_ = 0;
    double lost_ = 0;
};

class Mean {
  public:
    void add(double value) {
        count_ += 1;
        if (!incremental_) {
            Summation next = sum_;
            next.add(value);
            if (count_ == 1 || !next.is_infinite()) {
                sum_ = next;
                return;
            }
            incremental_ = true;
            sum_.scale(1 / (count_ - 1));
        }
        sum_.scale((count_ - 1) / count_);
        sum_.add(value / count_);
    }
    double total() const { return incremental_ ? sum_.total() : sum_.mean(count_); }
    bool is_empty() const { return count_ == 0; }

  private:
    Summation sum_; ///< of the values, or the mean itself once their sum would overflow
    double count_ = 0;
    bool incremental_ = false;
};

/// Welford's way to a variance in one pass.
class Variance {
  public:
    void add(double value) {
        count_ += 1;
        const double delta = value - mean_.total();
        mean_.add(delta / count_);
        squares_.add(delta * (value - mean_.total()));
    }
    double total() const { return squares_.total() / count_; }
    bool is_empty() const { return count_ == 0; }

  private:
    Summation mean_;
    Summation squares_;
    double count_ = 0;
};

} // namespace atalaya::promql
