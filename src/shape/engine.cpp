#include "shape/engine.hpp"

#include "base/check.hpp"
#include "base/problems.hpp"

namespace atalaya::shape {
namespace {

/// What makes a spreadsheet take a cell for a formula, full-width forms included (OWASP;
/// security.md C22).
bool starts_like_a_formula(std::string_view text) {
    while (text.starts_with("\xEF\xBB\xBF") || text.starts_with(" "))
        text.remove_prefix(text[0] == ' ' ? 1 : 3);
    if (text.empty())
        return false;
    constexpr std::string_view ascii = "=+-@|\t\r\n";
    for (const std::string_view wide :
         {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
        if (text.starts_with(wide))
            return true;
    }
    return text[0] == '\0' || ascii.find(text[0]) != std::string_view::npos;
}

void set_if_present(const Shape& shape, void* object, const Json& json,
                    std::vector<Violation>& violations) {
    for (const Field& field : shape.fields) {
        if (const Json* value = json.find(field.name)) {
            const Decoding at{"/" + std::string(field.name), field.bounds, violations};
            field.type->from_json(field.get_mutable(object), *value, at);
        }
    }
}

} // namespace

void throw_if_any(std::vector<Violation> violations) {
    if (!violations.empty())
        throw Problem(problems::invalid).at(std::move(violations));
}

void read_stored(const Shape& shape, void* object, const Json& json) {
    std::vector<Violation> violations;
    set_if_present(shape, object, json, violations);
    if (!violations.empty()) {
        throw LogicFault("stored " + std::string(shape.name) + violations.front().pointer + ": " +
                         violations.front().code);
    }
}

void apply_patch(const Shape& shape, void* object, const Json& json) {
    std::vector<Violation> violations;
    const Object* members = json.if_object();
    if (!members)
        throw Problem(problems::invalid).at("", "type", "An object is wanted.");
    for (const Member& member : *members) {
        bool known = false;
        for (const Field& field : shape.fields)
            known = known || field.name == member.name;
        if (!known)
            violations.push_back({"/" + member.name, "unknown", "There is no such field here."});
    }
    set_if_present(shape, object, json, violations);
    throw_if_any(std::move(violations));
}

Json changes(const Shape& shape, const void* before, const void* after) {
    Array out;
    for (const Field& field : shape.fields) {
        Json old_value = before ? field.type->to_json(field.get(before)) : Json();
        Json new_value = after ? field.type->to_json(field.get(after)) : Json();
        if (old_value == new_value)
            continue;
        out.push_back(json_object({{"field", field.name},
                                   {"before", std::move(old_value)},
                                   {"after", std::move(new_value)}}));
    }
    return out;
}

std::string csv_cell(std::string_view text, bool is_text) {
    std::string out;
    if (is_text && starts_like_a_formula(text))
        out += '\'';
    out += text;
    if (out.find_first_of(",\"\r\n") == std::string::npos && out == std::string(text))
        return out;
    std::string quoted = "\"";
    for (const char c : out) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string csv_header(const Shape& shape) {
    std::string out;
    for (const Field& field : shape.fields) {
        if (!out.empty())
            out += ',';
        out += csv_cell(field.name, true);
    }
    return out + "\r\n";
}

std::string csv_row(const Shape& shape, const void* object) {
    std::string out;
    for (const Field& field : shape.fields) {
        if (&field != shape.fields.data())
            out += ',';
        const Json value = field.type->to_json(field.get(object));
        if (const std::string* text = value.if_string())
            out += csv_cell(*text, true);
        else if (!value.is_null())
            out += csv_cell(write_json(value), false);
    }
    return out + "\r\n";
}

Json schema(const Shape& shape, bool all_optional, std::set<const Shape*>& referenced) {
    Object properties;
    Array required;
    for (const Field& field : shape.fields) {
        Json property = field.type->schema(field.bounds);
        property.set("description", field.doc);
        properties.push_back({std::string(field.name), std::move(property)});
        if (!all_optional && !field.type->nullable)
            required.emplace_back(field.name);
        if (field.type->nested)
            referenced.insert(field.type->nested);
    }
    Json out = json_object({{"type", "object"}, {"additionalProperties", false}});
    out.set("properties", std::move(properties));
    if (!required.empty())
        out.set("required", std::move(required));
    return out;
}

} // namespace atalaya::shape
