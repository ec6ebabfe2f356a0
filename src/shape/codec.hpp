// The codecs of the types that may stand in a field table. Included by field.hpp; pure.
#pragma once

#include "shape/field.hpp"

namespace atalaya::shape {

struct LeafCodec {
    static constexpr bool nullable = false;
    static constexpr const Shape* nested() { return nullptr; }
};

template <>
struct Codec<bool> : LeafCodec {
    static Json to_json(bool value) { return value; }
    static void from_json(bool& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <>
struct Codec<std::int64_t> : LeafCodec {
    static Json to_json(std::int64_t value) { return value; }
    static void from_json(std::int64_t& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <>
struct Codec<double> : LeafCodec {
    static Json to_json(double value) { return value; }
    static void from_json(double& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <>
struct Codec<std::string> : LeafCodec {
    static Json to_json(const std::string& value) { return value; }
    static void from_json(std::string& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <>
struct Codec<Time> : LeafCodec {
    static Json to_json(Time value) { return to_rfc3339(value); }
    static void from_json(Time& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <>
struct Codec<Uuid> : LeafCodec {
    static Json to_json(const Uuid& value) { return to_string(value); }
    static void from_json(Uuid& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};
template <class Tag>
struct Codec<Id<Tag>> : Codec<Uuid> {};

/// Any JSON, for what is shown as it was recorded (the values of a change).
template <>
struct Codec<Json> : LeafCodec {
    static Json to_json(const Json& value) { return value; }
    static void from_json(Json& value, const Json& json, const Decoding&) { value = json; }
    static Json schema(const Bounds&) { return Json(Object{}); }
};

/// Label sets: an object of texts.
using Labels = std::vector<std::pair<std::string, std::string>>;
template <>
struct Codec<Labels> : LeafCodec {
    static Json to_json(const Labels& value);
    static void from_json(Labels& value, const Json& json, const Decoding& decoding);
    static Json schema(const Bounds& bounds);
};

template <class T>
struct Codec<std::optional<T>> {
    static constexpr bool nullable = true;
    static constexpr const Shape* nested() { return Codec<T>::nested(); }
    static Json to_json(const std::optional<T>& value) {
        return value ? Codec<T>::to_json(*value) : Json();
    }
    static void from_json(std::optional<T>& value, const Json& json, const Decoding& decoding) {
        if (json.is_null()) {
            value.reset();
            return;
        }
        T inner{};
        Codec<T>::from_json(inner, json, decoding);
        value = std::move(inner);
    }
    static Json schema(const Bounds& bounds);
};

/// Of an array, before its elements are looked at: false, and a fault, for too few or too many.
bool check_count(std::size_t count, const Decoding& decoding);
Json array_schema(Json items, const Bounds& bounds);

template <class T>
struct Codec<std::vector<T>> {
    static constexpr bool nullable = false;
    static constexpr const Shape* nested() { return Codec<T>::nested(); }
    static Json to_json(const std::vector<T>& value) {
        Array out;
        out.reserve(value.size());
        for (const T& element : value)
            out.push_back(Codec<T>::to_json(element));
        return out;
    }
    static void from_json(std::vector<T>& value, const Json& json, const Decoding& decoding) {
        const Array* array = json.if_array();
        if (!array)
            return decoding.fault("type", "An array is wanted.");
        value.clear();
        if (!check_count(array->size(), decoding))
            return;
        const Bounds inner{};
        for (const Json& element : *array) {
            const Decoding at{decoding.pointer + "/" + std::to_string(value.size()), inner,
                              decoding.violations};
            Codec<T>::from_json(value.emplace_back(), element, at);
        }
    }
    static Json schema(const Bounds& bounds) {
        return array_schema(Codec<T>::schema(Bounds{}), bounds);
    }
};

Json object_to_json(const Shape& shape, const void* object);
void object_from_json(const Shape& shape, void* object, const Json& json, const Decoding& decoding);
Json reference_to(const Shape& shape);
/// The schema that also admits null.
Json or_null(Json schema);

template <HasShape T>
struct Codec<T> {
    static constexpr bool nullable = false;
    static constexpr const Shape* nested() { return &Described<T>::shape; }
    static Json to_json(const T& value) { return object_to_json(Described<T>::shape, &value); }
    static void from_json(T& value, const Json& json, const Decoding& decoding) {
        object_from_json(Described<T>::shape, &value, json, decoding);
    }
    static Json schema(const Bounds&) { return reference_to(Described<T>::shape); }
};

template <class T>
Json Codec<std::optional<T>>::schema(const Bounds& bounds) {
    return or_null(Codec<T>::schema(bounds));
}

/// Enumerations as texts: specialise with `static constexpr std::array<std::pair<E,
/// std::string_view>, N> names`.
template <class E>
struct EnumNames;
template <class E>
concept NamedEnum = requires {
    EnumNames<E>::names;
};

template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
    for (const auto& [member, name] : EnumNames<E>::names) {
        if (member == value)
            return name;
    }
    return {};
}
template <NamedEnum E>
constexpr std::optional<E> parse_enum(std::string_view text) {
    for (const auto& [member, name] : EnumNames<E>::names) {
        if (name == text)
            return member;
    }
    return std::nullopt;
}
Json choices_schema(std::vector<std::string_view> names);

template <NamedEnum E>
struct Codec<E> : LeafCodec {
    static Json to_json(E value) { return enum_name(value); }
    static void from_json(E& value, const Json& json, const Decoding& decoding) {
        const std::string* text = json.if_string();
        const auto found = text ? parse_enum<E>(*text) : std::nullopt;
        if (!found)
            return decoding.fault("choice", "Use one of the values named in the API document.");
        value = *found;
    }
    static Json schema(const Bounds&) {
        std::vector<std::string_view> names;
        for (const auto& entry : EnumNames<E>::names)
            names.push_back(entry.second);
        return choices_schema(std::move(names));
    }
};

} // namespace atalaya::shape
