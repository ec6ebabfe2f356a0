#include "audit/members.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::audit {
namespace {

const shape::Json nothing;
const shape::Array no_elements;

} // namespace

Members::Members(const shape::Json& json, bool& ok) : json_(json), ok_(ok) {
    ok_ = ok_ && json.is_object();
}

const shape::Json& Members::take(std::string_view name) {
    const shape::Json* found = json_.find(name);
    if (!found) {
        fail();
        return nothing;
    }
    ++taken_;
    return *found;
}

std::string Members::text(std::string_view name) {
    const std::string* value = take(name).if_string();
    if (!value)
        fail();
    return value ? *value : std::string();
}

std::int64_t Members::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const std::int64_t* value = take(name).if_integer();
    if (!value || *value < min || *value > max) {
        fail();
        return min;
    }
    return *value;
}

Uuid Members::uuid(std::string_view name) {
    const std::string value = text(name);
    const auto id = parse_uuid(value);
    if (!id || to_string(*id) != value)
        fail();
    return id.value_or(Uuid{});
}

Time Members::time(std::string_view name) {
    const std::string value = text(name);
    const auto time = parse_rfc3339(value);
    if (!time || to_rfc3339(*time) != value)
        fail();
    return time.value_or(Time{});
}

Bytes Members::base64(std::string_view name) { return base64_of(take(name), ok_); }

Hash Members::base64_hash(std::string_view name) { return hash_of(base64(name), ok_); }

Hash Members::hex_hash(std::string_view name) {
    const std::string value = text(name);
    const Bytes bytes = parse_hex(value).value_or(Bytes{});
    if (to_hex(bytes) != value)
        fail();
    return hash_of(bytes, ok_);
}

Members Members::object(std::string_view name) { return {take(name), ok_}; }

const shape::Array& Members::array(std::string_view name) {
    const shape::Array* value = take(name).if_array();
    if (!value)
        fail();
    return value ? *value : no_elements;
}

void Members::finish() {
    const shape::Object* object = json_.if_object();
    if (!object || object->size() != taken_)
        fail();
}

Bytes Members::base64_of(const shape::Json& json, bool& ok) {
    const std::string* text = json.if_string();
    auto bytes = text ? parse_base64(*text) : std::nullopt;
    if (!bytes)
        ok = false;
    return bytes ? std::move(*bytes) : Bytes{};
}

Hash Members::hash_of(const Bytes& bytes, bool& ok) {
    Hash hash{};
    if (bytes.size() == hash.size())
        std::copy(bytes.begin(), bytes.end(), hash.begin());
    else
        ok = false;
    return hash;
}

} // namespace atalaya::audit
