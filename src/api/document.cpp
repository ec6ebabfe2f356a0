#include "api/document.hpp"

#include "base/text.hpp"

namespace atalaya::api {
namespace {

using shape::Array;
using shape::Json;
using shape::json_object;
using shape::Object;
using shape::Shape;

/// A shape, and whether it stands for a partial change.
using Used = std::set<std::pair<const Shape*, bool>>;

std::string component_name(const Shape& shape, bool partial) {
    return std::string(shape.name) + (partial ? "Patch" : "");
}

Json reference(const Shape& shape, bool partial) {
    return json_object({{"$ref", "#/components/schemas/" + component_name(shape, partial)}});
}

Json content(std::string_view type, Json schema) {
    Json media;
    media.set(type, json_object({{"schema", std::move(schema)}}));
    return media;
}

Json response_schema(const Contract& contract) {
    if (!contract.list)
        return reference(*contract.out, false);
    Array next_types{"string", "null"};
    Json properties = json_object(
        {{"data", json_object({{"type", "array"}, {"items", reference(*contract.out, false)}})},
         {"next", json_object({{"type", std::move(next_types)},
                               {"description", "Cursor of the next page."}})}});
    Array required{"data", "next"};
    if (contract.searched) {
        properties.set("looked_to", json_object({{"type", "integer"},
                                                 {"description",
                                                  "All rows from this number on were looked at; "
                                                  "a page may be short while there is a next."}}));
        required.push_back("looked_to");
    }
    return json_object({{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)}});
}

Json query_parameter(const Parameter& parameter) {
    Json type = json_object({{"type", "string"}});
    if (parameter.kind == ParameterKind::integer)
        type = json_object({{"type", "integer"}});
    else if (parameter.kind == ParameterKind::time)
        type.set("format", "date-time");
    else if (parameter.kind == ParameterKind::uuid)
        type.set("format", "uuid");
    if (parameter.repeats)
        type = json_object({{"type", "array"}, {"items", std::move(type)}});
    return json_object({{"name", parameter.name},
                        {"in", "query"},
                        {"description", parameter.summary},
                        {"schema", std::move(type)}});
}

Array parameters_of(const Router::Route& route) {
    Array out;
    for (const std::string_view segment : split(std::string_view(route.path).substr(1), '/')) {
        if (!segment.starts_with('{'))
            continue;
        const std::string_view name = segment.substr(1, segment.size() - 2);
        Json type = json_object({{"type", name == "seq" ? "integer" : "string"}});
        if (name != "seq" && name != "name")
            type.set("format", "uuid");
        out.push_back(json_object(
            {{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(type)}}));
    }
    for (const Parameter& parameter : query_parameters(*route.endpoint))
        out.push_back(query_parameter(parameter));
    if (route.endpoint->mutates() && route.endpoint->repetition != Repetition::refused)
        out.push_back(json_object({{"$ref", "#/components/parameters/IdempotencyKey"}}));
    if (route.endpoint->takes_revision)
        out.push_back(json_object({{"$ref", "#/components/parameters/IfMatch"}}));
    return out;
}

/// Parameters that many operations share.
Json shared_parameters() {
    Json once = json_object(
        {{"name", "Idempotency-Key"},
         {"in", "header"},
         {"description",
          "Makes the request safe to send again for a day: a second one with the same key changes "
          "nothing and gets the answer of the first, with Idempotency-Replayed. Used for another "
          "request, the key is refused with 422."},
         {"schema", json_object({{"type", "string"}, {"minLength", 1}, {"maxLength", 255}})}});
    Json revision = json_object(
        {{"name", "If-Match"},
         {"in", "header"},
         {"description", "The ETag of the object as it was read: if it has changed since, nothing "
                         "is done and the answer is 412."},
         {"schema", json_object({{"type", "string"}})}});
    return json_object({{"IdempotencyKey", std::move(once)}, {"IfMatch", std::move(revision)}});
}

/// What becomes of a second request with the same Idempotency-Key, where it is not the same answer.
std::string_view repetition_note(Repetition repetition) {
    switch (repetition) {
    case Repetition::answered_again:
        return "";
    case Repetition::secret_is_gone:
        return "A second request with the same Idempotency-Key changes nothing and gets 409: the "
               "secret in the answer is shown once.";
    case Repetition::refused:
        return "An Idempotency-Key is refused with 400: nothing of the answer is kept to be given "
               "again.";
    }
    return "";
}

Json operation(const Router::Route& route, Used& used) {
    const Endpoint& endpoint = *route.endpoint;
    const Contract& contract = endpoint.contract;
    Json out = json_object({{"summary", endpoint.summary}});
    if (endpoint.permission)
        out.set("x-permission", access::permission_name(*endpoint.permission));
    if (const auto note = repetition_note(endpoint.repetition); !note.empty())
        out.set("description", note);
    out.set("parameters", parameters_of(route));
    if (contract.in) {
        used.insert({contract.in, contract.partial_in});
        out.set("requestBody",
                json_object({{"required", true},
                             {"content", content("application/json",
                                                 reference(*contract.in, contract.partial_in))}}));
    }
    Json success = json_object({{"description", "Success."}});
    if (contract.out) {
        used.insert({contract.out, false});
        success.set("content", content(contract.media, response_schema(contract)));
    } else if (contract.status != 204 && contract.status != 202) {
        success.set("content", content(contract.media, Json(Object{})));
    }
    Json responses;
    responses.set(std::to_string(contract.status), std::move(success));
    responses.set("default", json_object({{"$ref", "#/components/responses/Problem"}}));
    out.set("responses", std::move(responses));
    if (endpoint.audience == Audience::anyone)
        out.set("security", Array{});
    return out;
}

Json components(Used used) {
    Object schemas;
    std::set<std::pair<const Shape*, bool>> done;
    while (done.size() < used.size()) {
        for (const auto& [shape, partial] : Used(used)) {
            if (!done.insert({shape, partial}).second)
                continue;
            std::set<const Shape*> referenced;
            schemas.push_back(
                {component_name(*shape, partial), shape::schema(*shape, partial, referenced)});
            for (const Shape* nested : referenced)
                used.insert({nested, false});
        }
    }
    std::sort(schemas.begin(), schemas.end(),
              [](const shape::Member& left, const shape::Member& right) {
                  return left.name < right.name;
              });
    return Json(std::move(schemas));
}

Json text_property() { return json_object({{"type", "string"}}); }

Json problem_schema() {
    Json violation = json_object({{"type", "object"},
                                  {"properties", json_object({{"pointer", text_property()},
                                                              {"code", text_property()},
                                                              {"detail", text_property()}})},
                                  {"required", Array{"pointer", "code", "detail"}}});
    Json properties = json_object(
        {{"type", text_property()},
         {"title", text_property()},
         {"status", json_object({{"type", "integer"}})},
         {"detail", text_property()},
         {"code", text_property()},
         {"request_id", text_property()},
         {"errors", json_object({{"type", "array"}, {"items", std::move(violation)}})}});
    Array required{"type", "title", "status", "detail", "code", "request_id", "errors"};
    return json_object({{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)}});
}

} // namespace

Json make_document(const Router& router) {
    Used used;
    Json paths;
    for (const Router::Route& route : router.routes()) {
        const Json* known = paths.find(route.path);
        Json item = known ? *known : Json(Object{});
        item.set(to_lower(verb_name(route.endpoint->verb)), operation(route, used));
        paths.set(route.path, std::move(item));
    }
    Json schemas = components(std::move(used));
    schemas.set("Problem", problem_schema());
    Json problem = json_object(
        {{"description", "RFC 9457. `code` is stable."},
         {"content", content("application/problem+json",
                             json_object({{"$ref", "#/components/schemas/Problem"}}))}});
    Json cookie =
        json_object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-atalaya_session"}});
    Json bearer = json_object({{"type", "http"}, {"scheme", "bearer"}});
    return json_object(
        {{"openapi", "3.1.0"},
         {"info", json_object({{"title", "Atalaya"},
                               {"version", ATALAYA_VERSION},
                               {"license", json_object({{"name", "Apache-2.0"},
                                                        {"identifier", "Apache-2.0"}})}})},
         {"paths", std::move(paths)},
         {"components",
          json_object({{"schemas", std::move(schemas)},
                       {"responses", json_object({{"Problem", std::move(problem)}})},
                       {"parameters", shared_parameters()},
                       {"securitySchemes", json_object({{"session", std::move(cookie)},
                                                        {"token", std::move(bearer)}})}})},
         {"security",
          Array{json_object({{"session", Array{}}}), json_object({{"token", Array{}}})}}});
}

} // namespace atalaya::api
