// The rows of a result, read by column name from PostgreSQL's binary format.
//
// Values that own (and share) the result; used by one thread at a time. A missing column, a column
// of another type and a NULL read as a non-optional throw LogicFault naming statement and column:
// the statement and the code disagree, whatever the data.
#pragma once

#include "base/check.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "db/statement.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_result;

namespace atalaya::db {

/// One value of a row as it came over the wire.
struct Cell {
    const Statement* statement;
    std::string_view column;
    unsigned type; ///< PostgreSQL's oid of the type
    bool null;
    BytesView bytes;

    [[noreturn]] void mismatch(std::string_view wanted) const;
};

// One reader for each type. An int64 is read from int2, int4, int8 and xid8; a string from text,
// varchar, name and json.
void read(const Cell& cell, bool& out);
void read(const Cell& cell, std::int64_t& out);
void read(const Cell& cell, double& out);
void read(const Cell& cell, std::string& out);
void read(const Cell& cell, Bytes& out);
/// Where the bytes lie; as long as the rows live.
void read(const Cell& cell, BytesView& out);
void read(const Cell& cell, Uuid& out);
void read(const Cell& cell, Time& out);
void read(const Cell& cell, std::vector<Uuid>& out);
void read(const Cell& cell, std::vector<std::string>& out);
void read(const Cell& cell, std::vector<std::int64_t>& out);
void read(const Cell& cell, std::vector<double>& out);
void read(const Cell& cell, std::vector<Bytes>& out);

template <class Tag>
void read(const Cell& cell, Id<Tag>& out) {
    read(cell, static_cast<Uuid&>(out));
}
template <class Tag>
void read(const Cell& cell, std::vector<Id<Tag>>& out) {
    std::vector<Uuid> ids;
    read(cell, ids);
    out.clear();
    for (const Uuid& id : ids)
        out.emplace_back(id);
}
template <std::integral Small>
requires(sizeof(Small) < 8) void read(const Cell& cell, Small& out) {
    std::int64_t wide = 0;
    read(cell, wide);
    if (wide < std::numeric_limits<Small>::min() || wide > std::numeric_limits<Small>::max())
        cell.mismatch("a smaller number");
    out = static_cast<Small>(wide);
}
template <std::size_t Size>
void read(const Cell& cell, std::array<std::uint8_t, Size>& out) {
    BytesView bytes;
    read(cell, bytes);
    if (bytes.size() != Size)
        cell.mismatch("bytea of " + std::to_string(Size));
    std::copy(bytes.begin(), bytes.end(), out.begin());
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

class Row {
  public:
    Row(std::shared_ptr<const pg_result> result, const Statement& statement, int index)
        : result_(std::move(result)), statement_(&statement), index_(index) {}

    template <class T>
    T get(std::string_view column) const {
        const Cell cell = at(column);
        if constexpr (is_optional<T>) {
            if (cell.null)
                return std::nullopt;
            typename T::value_type value{};
            read(cell, value);
            return value;
        } else {
            if (cell.null)
                cell.mismatch("a value, not NULL");
            T value{};
            read(cell, value);
            return value;
        }
    }

  private:
    Cell at(std::string_view column) const;

    std::shared_ptr<const pg_result> result_;
    const Statement* statement_;
    int index_;
    mutable int next_ = 0; ///< where the column is looked for first: they are read in their order
};

class Rows {
  public:
    /// Takes the result over.
    Rows(pg_result* result, const Statement& statement);

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    Row operator[](std::size_t index) const;
    /// Rows that an INSERT, UPDATE or DELETE touched.
    std::int64_t affected() const;

    class Iterator {
      public:
        Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
        Row operator*() const { return (*rows_)[index_]; }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

      private:
        const Rows* rows_;
        std::size_t index_;
    };
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

  private:
    std::shared_ptr<const pg_result> result_;
    const Statement* statement_;
};

} // namespace atalaya::db
