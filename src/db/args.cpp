#include "db/args.hpp"

#include "db/wire_format.hpp"

#include <bit>
#include <charconv>

namespace atalaya::db {
namespace {

/// A one-dimensional array in binary; `write` adds one element with its length.
template <class Elements, class Write>
std::string array_of(const Elements& elements, TypeOid element_type, Write write) {
    Writer out;
    out.u32(elements.empty() ? 0 : 1).u32(0).u32(static_cast<std::uint32_t>(element_type));
    if (!elements.empty())
        out.u32(static_cast<std::uint32_t>(elements.size())).u32(1);
    for (const auto& element : elements)
        write(out, element);
    return std::string(as_text(out.bytes()));
}

void write_blob(Writer& out, BytesView bytes) {
    out.u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
}

} // namespace

Value::Value(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    data_.assign(text, end);
}

Value::Value(Time time)
    : data_(as_text(Writer().i64(time.us - postgres_epoch_us).bytes())), binary_(true) {}

Value::Value(const std::vector<Uuid>& ids)
    : data_(array_of(ids, TypeOid::uuid,
                     [](Writer& out, const Uuid& id) { write_blob(out, id.bytes); })),
      binary_(true) {}

Value::Value(const std::vector<std::string>& texts)
    : data_(
          array_of(texts, TypeOid::text,
                   [](Writer& out, const std::string& text) { write_blob(out, as_bytes(text)); })),
      binary_(true) {}

Value::Value(const std::vector<std::int64_t>& numbers)
    : data_(array_of(numbers, TypeOid::int8,
                     [](Writer& out, std::int64_t number) { out.u32(8).i64(number); })),
      binary_(true) {}

Value::Value(const std::vector<double>& numbers)
    : data_(array_of(numbers, TypeOid::float8,
                     [](Writer& out, double number) {
                         out.u32(8).u64(std::bit_cast<std::uint64_t>(number));
                     })),
      binary_(true) {}

Value::Value(const std::vector<Bytes>& blobs)
    : data_(array_of(blobs, TypeOid::bytea,
                     [](Writer& out, const Bytes& blob) { write_blob(out, blob); })),
      binary_(true) {}

} // namespace atalaya::db
