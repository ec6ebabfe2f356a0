// JSON as a value: parsed strictly, written exactly.
//
// Pure; any thread. Members keep their order. Integers that fit int64 stay integers, other numbers
// are doubles read by from_chars and written by to_chars, so every finite double survives. Hostile
// text ends in a ParseError.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace atalaya::shape {

class Json;
struct Member;
using Array = std::vector<Json>;
using Object = std::vector<Member>;

class Json {
  public:
    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(double value) : value_(value) {}
    template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Json(T value)
        : value_(static_cast<std::int64_t>(value)) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(Array value);
    Json(Object value);

    bool is_null() const { return holds<std::monostate>(); }
    bool is_string() const { return holds<std::string>(); }
    bool is_object() const { return holds<Object>(); }
    bool is_array() const { return holds<Array>(); }

    const bool* if_bool() const { return std::get_if<bool>(&value_); }
    const std::int64_t* if_integer() const { return std::get_if<std::int64_t>(&value_); }
    const double* if_double() const { return std::get_if<double>(&value_); }
    const std::string* if_string() const { return std::get_if<std::string>(&value_); }
    const Array* if_array() const { return std::get_if<Array>(&value_); }
    const Object* if_object() const { return std::get_if<Object>(&value_); }
    Array* if_array() { return std::get_if<Array>(&value_); }
    Object* if_object() { return std::get_if<Object>(&value_); }

    /// The member of that name, or nullptr (also when this is no object).
    const Json* find(std::string_view name) const;
    /// Adds or replaces a member; a null becomes an object first.
    Json& set(std::string_view name, Json value);
    /// Appends an element; a null becomes an array first.
    Json& push(Json value);

    bool operator==(const Json& other) const;

  private:
    template <class T>
    bool holds() const {
        return std::holds_alternative<T>(value_);
    }
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct Member {
    std::string name;
    Json value;
    bool operator==(const Member&) const = default;
};

/// An object in one expression: json_object({{"a", 1}, {"b", "x"}}).
Json json_object(std::initializer_list<Member> members);

/// RFC 8259 in UTF-8. Duplicate keys, more than 32 levels and trailing text are refused.
Result<Json> parse_json(std::string_view text);

/// Compact, members in their order. NaN and infinities, which JSON lacks, become null.
std::string write_json(const Json& value);

/// A string of JSON with its quotes, for text that is written without a tree.
void append_json_string(std::string& out, std::string_view text);

} // namespace atalaya::shape
