// Numbers of PostgreSQL's binary format that both directions need. For rows.cpp and args.cpp.
#pragma once

#include <cstdint>

namespace atalaya::db {

/// Object ids of built-in types (catalog/pg_type.dat); they never change.
enum class TypeOid : unsigned {
    boolean = 16,
    bytea = 17,
    name = 19,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    text = 25,
    json = 114,
    float4 = 700,
    float8 = 701,
    bytea_array = 1001,
    int4_array = 1007,
    text_array = 1009,
    int8_array = 1016,
    float8_array = 1022,
    varchar = 1043,
    timestamptz = 1184,
    uuid = 2950,
    uuid_array = 2951,
    xid8 = 5069,
};

/// PostgreSQL counts from 2000-01-01 UTC.
inline constexpr std::int64_t postgres_epoch_us = 946'684'800'000'000;

} // namespace atalaya::db
