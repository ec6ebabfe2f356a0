#include "db/rows.hpp"

#include "db/wire_format.hpp"

#include <bit>
#include <charconv>
#include <cstring>
#include <libpq-fe.h>

namespace atalaya::db {
namespace {

bool has_type(const Cell& cell, std::initializer_list<TypeOid> types) {
    return std::any_of(types.begin(), types.end(),
                       [&](TypeOid type) { return static_cast<unsigned>(type) == cell.type; });
}

/// Calls `each` with the bytes of every element of a one-dimensional array without NULLs.
template <class Each>
void read_array(const Cell& cell, TypeOid type, Each each) {
    if (!has_type(cell, {type}))
        cell.mismatch("an array of another type");
    Reader in(cell.bytes);
    const auto dimensions = in.u32();
    const bool has_null = in.u32() != 0;
    in.u32(); // element type: follows from the array's
    if (dimensions == 0)
        return;
    if (dimensions != 1 || has_null)
        cell.mismatch("an array of one dimension without NULL");
    const auto size = in.u32();
    in.u32(); // lower bound
    for (std::uint32_t i = 0; i < size && in.ok(); ++i)
        each(in.raw(in.u32()));
    if (!in.done())
        cell.mismatch("a whole array");
}

template <class Element, class Out>
void read_elements(const Cell& cell, TypeOid array, TypeOid element, Out& out) {
    out.clear();
    read_array(cell, array, [&](BytesView bytes) {
        Element value{};
        read(Cell{cell.statement, cell.column, static_cast<unsigned>(element), false, bytes},
             value);
        out.push_back(std::move(value));
    });
}

} // namespace

void Cell::mismatch(std::string_view wanted) const {
    throw LogicFault(std::string(statement->name) + ": column " + std::string(column) + " (type " +
                     std::to_string(type) + (null ? ", NULL" : "") + ") is not " +
                     std::string(wanted));
}

void read(const Cell& cell, bool& out) {
    if (!has_type(cell, {TypeOid::boolean}))
        cell.mismatch("boolean");
    out = Reader(cell.bytes).u8() != 0;
}

void read(const Cell& cell, std::int64_t& out) {
    Reader in(cell.bytes);
    if (has_type(cell, {TypeOid::int8, TypeOid::xid8}))
        out = in.i64();
    else if (has_type(cell, {TypeOid::int4}))
        out = static_cast<std::int32_t>(in.u32());
    else if (has_type(cell, {TypeOid::int2}))
        out = static_cast<std::int16_t>(in.u16());
    else
        cell.mismatch("an integer");
}

void read(const Cell& cell, double& out) {
    Reader in(cell.bytes);
    if (has_type(cell, {TypeOid::float8}))
        out = std::bit_cast<double>(in.u64());
    else if (has_type(cell, {TypeOid::float4}))
        out = static_cast<double>(std::bit_cast<float>(in.u32()));
    else
        cell.mismatch("double precision");
}

void read(const Cell& cell, std::string& out) {
    if (!has_type(cell, {TypeOid::text, TypeOid::varchar, TypeOid::name, TypeOid::json}))
        cell.mismatch("text");
    out = as_text(cell.bytes);
}

void read(const Cell& cell, Bytes& out) {
    BytesView bytes;
    read(cell, bytes);
    out = to_bytes(bytes);
}

void read(const Cell& cell, BytesView& out) {
    if (!has_type(cell, {TypeOid::bytea}))
        cell.mismatch("bytea");
    out = cell.bytes;
}

void read(const Cell& cell, Uuid& out) {
    if (!has_type(cell, {TypeOid::uuid}) || cell.bytes.size() != out.bytes.size())
        cell.mismatch("uuid");
    std::copy(cell.bytes.begin(), cell.bytes.end(), out.bytes.begin());
}

void read(const Cell& cell, Time& out) {
    if (!has_type(cell, {TypeOid::timestamptz}))
        cell.mismatch("timestamptz");
    out.us = Reader(cell.bytes).i64() + postgres_epoch_us;
}

void read(const Cell& cell, std::vector<Uuid>& out) {
    read_elements<Uuid>(cell, TypeOid::uuid_array, TypeOid::uuid, out);
}
void read(const Cell& cell, std::vector<std::string>& out) {
    read_elements<std::string>(cell, TypeOid::text_array, TypeOid::text, out);
}
void read(const Cell& cell, std::vector<std::int64_t>& out) {
    if (has_type(cell, {TypeOid::int4_array}))
        read_elements<std::int64_t>(cell, TypeOid::int4_array, TypeOid::int4, out);
    else
        read_elements<std::int64_t>(cell, TypeOid::int8_array, TypeOid::int8, out);
}
void read(const Cell& cell, std::vector<double>& out) {
    read_elements<double>(cell, TypeOid::float8_array, TypeOid::float8, out);
}
void read(const Cell& cell, std::vector<Bytes>& out) {
    read_elements<Bytes>(cell, TypeOid::bytea_array, TypeOid::bytea, out);
}

Cell Row::at(std::string_view column) const {
    const PGresult* result = result_.get();
    const int count = PQnfields(result);
    for (int tried = 0; tried < count; ++tried) {
        const int i = (next_ + tried) % count;
        if (column != PQfname(result, i))
            continue;
        next_ = i + 1;
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(PQgetvalue(result, index_, i));
        const auto size = static_cast<std::size_t>(PQgetlength(result, index_, i));
        return {statement_, column, PQftype(result, i), PQgetisnull(result, index_, i) != 0,
                BytesView(bytes, size)};
    }
    throw LogicFault(std::string(statement_->name) + " gives no column " + std::string(column));
}

Rows::Rows(pg_result* result, const Statement& statement)
    : result_(result, [](const pg_result* owned) { PQclear(const_cast<pg_result*>(owned)); }),
      statement_(&statement) {}

std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(result_.get())); }

Row Rows::operator[](std::size_t index) const {
    CHECK_REQUEST(index < size());
    return {result_, *statement_, static_cast<int>(index)};
}

std::int64_t Rows::affected() const {
    const std::string_view count = PQcmdTuples(const_cast<pg_result*>(result_.get()));
    std::int64_t out = 0;
    std::from_chars(count.data(), count.data() + count.size(), out);
    return out;
}

} // namespace atalaya::db
