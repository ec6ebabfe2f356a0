// What an expression is while it is computed: a set of series, each with one value for each step,
// side by side. So a loop over steps runs over plain arrays, and labels are looked at once for each
// series.
//
// Everything here belongs to one query and its thread.
#pragma once

#include "base/series.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace atalaya::promql {

struct Steps {
    std::int64_t start_ms = 0;
    std::int64_t step_ms = 1;
    std::size_t count = 1;

    std::int64_t at(std::size_t step) const {
        return start_ms + static_cast<std::int64_t>(step) * step_ms;
    }
    std::int64_t last_ms() const { return at(count - 1); }
};

using SharedLabels = std::shared_ptr<const Labels>;

/// One value for each step; stale_value() where there is none.
struct Column {
    SharedLabels labels;
    std::vector<double> values;
};

using UseColumn = std::function<void(Column&&)>;

/// Counts the values that a query holds, and ends it with QueryError when there are too many.
class Ledger {
  public:
    explicit Ledger(std::size_t samples_max) : samples_max_(samples_max) {}

    void hold(std::size_t samples);
    void release(std::size_t samples) { held_ -= samples; }
    std::size_t peak() const { return peak_; }

  private:
    std::size_t samples_max_;
    std::size_t held_ = 0;
    std::size_t peak_ = 0;
};

/// Columns that are held, and on the ledger for as long as they are.
class Frame {
  public:
    explicit Frame(Ledger& ledger) : ledger_(&ledger) {}
    Frame(Frame&& other) noexcept
        : ledger_(other.ledger_),
          columns_(std::move(other.columns_)),
          held_(std::exchange(other.held_, 0)) {}
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    Frame& operator=(Frame&&) = delete;
    ~Frame() { ledger_->release(held_); }

    void add(Column&& column);
    /// Hands the columns on, one by one; the frame is empty then.
    void drain(const UseColumn& use);
    const std::vector<Column>& columns() const { return columns_; }
    std::vector<Column>& columns() { return columns_; }
    std::size_t size() const { return columns_.size(); }
    Ledger& ledger() const { return *ledger_; }

  private:
    Ledger* ledger_;
    std::vector<Column> columns_;
    std::size_t held_ = 0;
};

/// Makes one column of those with the same labels. Where two of them have a value at the same step
/// the query ends, for such a vector would hold one series twice.
Frame merge_equal(Frame frame,
                  const char* error = "vector cannot contain metrics with the same labelset");

/// False for a column that has no value anywhere: such a one is not a part of a result.
bool has_values(const std::vector<double>& values);

const SharedLabels& no_labels();
SharedLabels without_name(const SharedLabels& labels);
/// Keeps `labels` in order; an empty value takes the label away.
void set_label(Labels& labels, std::string_view name, std::string value);

/// Sets of labels as keys of a table.
struct LabelsHash {
    std::size_t operator()(const SharedLabels& labels) const;
};
struct LabelsEqual {
    bool operator()(const SharedLabels& a, const SharedLabels& b) const { return *a == *b; }
};

} // namespace atalaya::promql
