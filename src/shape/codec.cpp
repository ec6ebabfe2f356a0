#include "shape/codec.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace atalaya::shape {
namespace {

constexpr std::int64_t text_length_max = 4096;

std::int64_t max_length(const Bounds& bounds) {
    return bounds.max == 0 ? text_length_max : bounds.max;
}

/// The shape of an address, not its existence: one @, something on both sides, no space or control
/// character.
bool looks_like_email(std::string_view text) {
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos &&
           std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

template <class T>
void check_range(T value, const Decoding& decoding) {
    const Bounds& bounds = decoding.bounds;
    if (bounds.min == 0 && bounds.max == 0)
        return;
    if (value < static_cast<T>(bounds.min) || value > static_cast<T>(bounds.max)) {
        decoding.fault("range", "The value must be from " + std::to_string(bounds.min) + " to " +
                                    std::to_string(bounds.max) + ".");
    }
}

Json number_schema(const char* type, const Bounds& bounds) {
    Json out = json_object({{"type", type}});
    if (bounds.min != 0 || bounds.max != 0)
        out.set("minimum", bounds.min).set("maximum", bounds.max);
    return out;
}

} // namespace

void Codec<bool>::from_json(bool& value, const Json& json, const Decoding& decoding) {
    if (const bool* flag = json.if_bool())
        value = *flag;
    else
        decoding.fault("type", "true or false is wanted.");
}
Json Codec<bool>::schema(const Bounds&) { return json_object({{"type", "boolean"}}); }

void Codec<std::int64_t>::from_json(std::int64_t& value, const Json& json,
                                    const Decoding& decoding) {
    const std::int64_t* integer = json.if_integer();
    if (!integer)
        return decoding.fault("type", "A whole number is wanted.");
    value = *integer;
    check_range(value, decoding);
}
Json Codec<std::int64_t>::schema(const Bounds& bounds) { return number_schema("integer", bounds); }

void Codec<double>::from_json(double& value, const Json& json, const Decoding& decoding) {
    if (const double* number = json.if_double())
        value = *number;
    else if (const std::int64_t* integer = json.if_integer())
        value = static_cast<double>(*integer);
    else
        return decoding.fault("type", "A number is wanted.");
    check_range(value, decoding);
}
Json Codec<double>::schema(const Bounds& bounds) { return number_schema("number", bounds); }

void Codec<std::string>::from_json(std::string& value, const Json& json, const Decoding& decoding) {
    const std::string* text = json.if_string();
    if (!text)
        return decoding.fault("type", "A text is wanted.");
    const Bounds& bounds = decoding.bounds;
    if (!is_utf8(*text))
        return decoding.fault("encoding", "The text must be UTF-8 without NUL.");
    const auto size = static_cast<std::int64_t>(count_code_points(*text));
    if (size < bounds.min || size > max_length(bounds)) {
        return decoding.fault(size < bounds.min && size == 0 ? "empty" : "length",
                              "The text must have " + std::to_string(bounds.min) + " to " +
                                  std::to_string(max_length(bounds)) + " characters.");
    }
    if (bounds.email && !looks_like_email(*text))
        return decoding.fault("email", "This is not an e-mail address.");
    if (!bounds.choices.empty() &&
        std::find(bounds.choices.begin(), bounds.choices.end(), *text) == bounds.choices.end())
        return decoding.fault("choice", "Use one of the values named in the API document.");
    value = *text;
}
Json Codec<std::string>::schema(const Bounds& bounds) {
    Json out = json_object({{"type", "string"}});
    if (bounds.email)
        out.set("format", "email");
    if (!bounds.choices.empty())
        return choices_schema({bounds.choices.begin(), bounds.choices.end()});
    if (bounds.min > 0)
        out.set("minLength", bounds.min);
    out.set("maxLength", max_length(bounds));
    return out;
}

void Codec<Time>::from_json(Time& value, const Json& json, const Decoding& decoding) {
    const std::string* text = json.if_string();
    const auto time = text ? parse_rfc3339(*text) : std::nullopt;
    if (!time)
        return decoding.fault("time",
                              "A time as in RFC 3339 is wanted, such as 2026-11-22T12:00:00Z.");
    value = *time;
}
Json Codec<Time>::schema(const Bounds&) {
    return json_object({{"type", "string"}, {"format", "date-time"}});
}

void Codec<Uuid>::from_json(Uuid& value, const Json& json, const Decoding& decoding) {
    const std::string* text = json.if_string();
    const auto id = text ? parse_uuid(*text) : std::nullopt;
    if (!id)
        return decoding.fault("uuid", "A UUID is wanted.");
    value = *id;
}
Json Codec<Uuid>::schema(const Bounds&) {
    return json_object({{"type", "string"}, {"format", "uuid"}});
}

Json Codec<Labels>::to_json(const Labels& value) {
    Object out;
    for (const auto& [name, text] : value)
        out.push_back({name, text});
    return out;
}
void Codec<Labels>::from_json(Labels& value, const Json& json, const Decoding& decoding) {
    const Object* object = json.if_object();
    if (!object)
        return decoding.fault("type", "An object of texts is wanted.");
    value.clear();
    for (const Member& member : *object) {
        const std::string* text = member.value.if_string();
        if (!text)
            return decoding.fault("type", "An object of texts is wanted.");
        value.emplace_back(member.name, *text);
    }
}
Json Codec<Labels>::schema(const Bounds&) {
    return json_object(
        {{"type", "object"}, {"additionalProperties", json_object({{"type", "string"}})}});
}

bool check_count(std::size_t count, const Decoding& decoding) {
    const Bounds& bounds = decoding.bounds;
    const auto size = static_cast<std::int64_t>(count);
    if ((bounds.min == 0 && bounds.max == 0) || (size >= bounds.min && size <= bounds.max))
        return true;
    decoding.fault("count", "There must be " + std::to_string(bounds.min) + " to " +
                                std::to_string(bounds.max) + " of them.");
    return false;
}

Json array_schema(Json items, const Bounds& bounds) {
    Json out = json_object({{"type", "array"}, {"items", std::move(items)}});
    if (bounds.min > 0)
        out.set("minItems", bounds.min);
    if (bounds.max > 0)
        out.set("maxItems", bounds.max);
    return out;
}

Json choices_schema(std::vector<std::string_view> names) {
    Array values;
    for (const std::string_view name : names)
        values.emplace_back(name);
    return json_object({{"type", "string"}, {"enum", std::move(values)}});
}

Json reference_to(const Shape& shape) {
    return json_object({{"$ref", "#/components/schemas/" + std::string(shape.name)}});
}

Json or_null(Json schema) {
    const Json* type = schema.find("type");
    if (type && !schema.find("enum")) {
        Array types{*type, "null"};
        schema.set("type", std::move(types));
        return schema;
    }
    Array either{std::move(schema), json_object({{"type", "null"}})};
    return json_object({{"anyOf", std::move(either)}});
}

Json object_to_json(const Shape& shape, const void* object) {
    Object out;
    out.reserve(shape.fields.size());
    for (const Field& field : shape.fields)
        out.push_back({std::string(field.name), field.type->to_json(field.get(object))});
    return out;
}

void object_from_json(const Shape& shape, void* object, const Json& json,
                      const Decoding& decoding) {
    const Object* members = json.if_object();
    if (!members)
        return decoding.fault("type", "An object is wanted.");
    for (const Member& member : *members) {
        const bool known = std::any_of(shape.fields.begin(), shape.fields.end(),
                                       [&](const Field& f) { return f.name == member.name; });
        if (!known) {
            decoding.violations.push_back(
                {decoding.pointer + "/" + member.name, "unknown", "There is no such field here."});
        }
    }
    for (const Field& field : shape.fields) {
        const Decoding at{decoding.pointer + "/" + std::string(field.name), field.bounds,
                          decoding.violations};
        if (const Json* value = json.find(field.name))
            field.type->from_json(field.get_mutable(object), *value, at);
        else if (!field.type->nullable)
            at.fault("required", "This field is required.");
    }
}

} // namespace atalaya::shape
