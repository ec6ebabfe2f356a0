// Field tables: one constexpr table for each shape of data that enters or leaves the product.
//
// A shape is a struct and a table of its fields; a field has a wire name, a sentence of
// documentation, a type and bounds, and nothing else. What a client may write is a draft struct;
// what it may see is the struct that is returned; a wish for a fifth property of a field is a wish
// for another struct. `Secret` has no codec, so a secret in a table does not compile.
//
// Pure; any thread. The engines over tables stand in engine.hpp.
#pragma once

#include "base/ids.hpp"
#include "base/problem.hpp"
#include "base/time.hpp"
#include "shape/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atalaya::shape {

struct Shape;

/// Limits of one field. For text: length in code points. For numbers: value. For arrays: count.
struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = 0; ///< 0 with min 0: the type's own default
    std::span<const std::string_view> choices{};
    bool email = false;
};
constexpr Bounds length(std::int64_t min, std::int64_t max) { return {min, max, {}, false}; }
constexpr Bounds range(std::int64_t min, std::int64_t max) { return {min, max, {}, false}; }
constexpr Bounds one_of(std::span<const std::string_view> choices) {
    return {0, 0, choices, false};
}
constexpr Bounds email_address() { return {3, 254, {}, true}; }

/// Where decoding stands: the pointer of the value and the faults found so far.
struct Decoding {
    std::string pointer;
    const Bounds& bounds;
    std::vector<Violation>& violations;

    void fault(std::string code, std::string detail) const {
        violations.push_back({pointer, std::move(code), std::move(detail)});
    }
};

/// What the engines know of a C++ type.
struct Type {
    bool nullable;
    const Shape*
        nested; ///< the struct inside (also inside an array or optional), for the API document
    Json (*to_json)(const void* value);
    void (*from_json)(void* value, const Json& json, const Decoding& decoding);
    Json (*schema)(const Bounds& bounds); ///< JSON Schema (OpenAPI 3.1)
};

struct Field {
    std::string_view name;
    std::string_view doc;
    const Type* type;
    const void* (*get)(const void* object);
    void* (*get_mutable)(void* object);
    Bounds bounds;
};

struct Shape {
    std::string_view name; ///< of the schema in the API document
    std::span<const Field> fields;
};

/// Specialised for each described struct beside its definition: `static const Shape shape;`.
template <class T>
struct Described;

template <class T>
concept HasShape = requires {
    { Described<T>::shape } -> std::convertible_to<const Shape&>;
};

/// How one C++ type is read, written and documented. No primary definition: a type without one
/// cannot be a field.
template <class T>
struct Codec;

template <class T>
inline constexpr Type type_of{
    Codec<T>::nullable, Codec<T>::nested(),
    [](const void* value) { return Codec<T>::to_json(*static_cast<const T*>(value)); },
    [](void* value, const Json& json, const Decoding& decoding) {
        Codec<T>::from_json(*static_cast<T*>(value), json, decoding);
    },
    [](const Bounds& bounds) { return Codec<T>::schema(bounds); }};

template <class M>
struct MemberPointer;
template <class C, class V>
struct MemberPointer<V C::*> {
    using Owner = C;
    using Value = V;
};

template <auto Pointer>
constexpr Field field(std::string_view name, std::string_view doc, Bounds bounds = {}) {
    using Owner = typename MemberPointer<decltype(Pointer)>::Owner;
    using Value = typename MemberPointer<decltype(Pointer)>::Value;
    return {name,
            doc,
            &type_of<Value>,
            [](const void* object) -> const void* {
                return &(static_cast<const Owner*>(object)->*Pointer);
            },
            [](void* object) -> void* { return &(static_cast<Owner*>(object)->*Pointer); },
            bounds};
}

} // namespace atalaya::shape

#include "shape/codec.hpp"
