// What can be done with any described struct: written as JSON and CSV, decoded with every fault
// named, compared field by field, and documented. Pure; any thread.
#pragma once

#include "shape/field.hpp"

#include <set>

namespace atalaya::shape {

/// Throws Problem `invalid` unless there is nothing to throw.
void throw_if_any(std::vector<Violation> violations);

template <HasShape T>
Json to_json(const T& value) {
    return object_to_json(Described<T>::shape, &value);
}

/// Decodes a whole object. Throws Problem `invalid` that names every violation.
template <HasShape T>
T decode(const Json& json) {
    T out{};
    std::vector<Violation> violations;
    object_from_json(Described<T>::shape, &out, json, Decoding{"", Bounds{}, violations});
    throw_if_any(std::move(violations));
    return out;
}

/// Reads what we wrote ourselves, perhaps in an older version: unknown members are passed over,
/// missing ones keep their default, anything else that does not fit throws LogicFault.
void read_stored(const Shape& shape, void* object, const Json& json);
template <HasShape T>
T read_stored(const Json& json) {
    T out{};
    read_stored(Described<T>::shape, &out, json);
    return out;
}

/// A partial change: members that are absent leave the field as it is.
void apply_patch(const Shape& shape, void* object, const Json& json);
template <HasShape T>
struct Patch {
    Json json;
    /// Throws Problem `invalid` that names every violation; `value` is then as before or half
    /// changed.
    void apply_to(T& value) const { apply_patch(Described<T>::shape, &value, json); }
};

/// The fields that differ, each as {"field", "before", "after"}. Either side may be null: all
/// fields of the other.
Json changes(const Shape& shape, const void* before, const void* after);
template <HasShape T>
Json changes(const T& before, const T& after) {
    return changes(Described<T>::shape, &before, &after);
}
template <HasShape T>
Json all_added(const T& after) {
    return changes(Described<T>::shape, nullptr, &after);
}
template <HasShape T>
Json all_removed(const T& before) {
    return changes(Described<T>::shape, &before, nullptr);
}

/// RFC 4180. A text cell that a spreadsheet could take for a formula gets a leading apostrophe.
/// Nested objects and arrays are written as JSON text.
std::string csv_header(const Shape& shape);
std::string csv_row(const Shape& shape, const void* object);
std::string csv_cell(std::string_view text, bool is_text);

/// JSON Schema of the shape; the shapes that it refers to are put into `referenced`.
Json schema(const Shape& shape, bool all_optional, std::set<const Shape*>& referenced);

} // namespace atalaya::shape
