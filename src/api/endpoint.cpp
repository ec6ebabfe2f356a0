#include "api/endpoint.hpp"

#include "base/text.hpp"

namespace atalaya::api {

std::string_view verb_name(Verb verb) {
    switch (verb) {
    case Verb::get:
        return "GET";
    case Verb::post:
        return "POST";
    case Verb::patch:
        return "PATCH";
    case Verb::put:
        return "PUT";
    case Verb::del:
        return "DELETE";
    }
    return "";
}

std::vector<Parameter> query_parameters(const Endpoint& endpoint) {
    std::vector<Parameter> out;
    if (endpoint.listing)
        out = parameters_of(*endpoint.listing);
    out.insert(out.end(), endpoint.parameters.begin(), endpoint.parameters.end());
    return out;
}

void refuse_unminded(const Endpoint& endpoint, const Incoming& incoming) {
    if (!endpoint.minds_no_query)
        incoming.query.allow_only(query_parameters(endpoint));
    const std::string_view revision = trim(incoming.request.header("if-match"));
    if (endpoint.mutates() && !endpoint.takes_revision && !revision.empty() && revision != "*") {
        throw Problem(problems::bad_request)
            .detail("This change is not bound to a revision. Send it without If-Match.");
    }
}

net::Response json_response(int status, const shape::Json& body) {
    net::Response response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = shape::write_json(body);
    return response;
}

shape::Json parse_body(const net::Request& request) {
    std::string_view type = request.header("content-type");
    type = trim(type.substr(0, type.find(';')));
    if (!equal_ignoring_case(type, "application/json"))
        throw Problem(problems::unsupported_media);
    auto json = shape::parse_json(request.body);
    if (!json)
        throw Problem(problems::bad_request).detail("The body is " + json.error().reason + ".");
    return std::move(*json);
}

net::Response object_response(int status, const shape::Shape& shape, const void* object) {
    const shape::Json json = shape::object_to_json(shape, object);
    net::Response response = json_response(status, json);
    if (const shape::Json* revision = json.find("revision"); revision && revision->if_integer())
        response.headers.push_back({"ETag", "\"" + std::to_string(*revision->if_integer()) + "\""});
    return response;
}

net::Response list_response(const shape::Shape& shape, std::size_t count,
                            const std::function<const void*(std::size_t)>& row,
                            const std::optional<std::string>& next, const Query& query,
                            std::optional<std::int64_t> looked_to) {
    const auto format = query.find_text("format").value_or("json");
    if (format == "csv") {
        net::Response response;
        response.headers.push_back({"Content-Type", "text/csv; charset=utf-8; header=present"});
        response.headers.push_back({"Content-Disposition", "attachment; filename=\"export.csv\""});
        response.body = shape::csv_header(shape);
        for (std::size_t i = 0; i < count; ++i)
            response.body += shape::csv_row(shape, row(i));
        return response;
    }
    if (format != "json")
        throw Problem(problems::invalid).at("?format", "choice", "Use json or csv.");
    shape::Array data;
    data.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        data.push_back(shape::object_to_json(shape, row(i)));
    shape::Json page = shape::json_object(
        {{"data", std::move(data)}, {"next", next ? shape::Json(*next) : shape::Json()}});
    if (looked_to)
        page.set("looked_to", *looked_to);
    return json_response(200, page);
}

} // namespace atalaya::api
