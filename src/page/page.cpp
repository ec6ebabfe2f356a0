#include "page/page.hpp"

#include "base/problems.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace atalaya::page {
namespace {

constexpr std::string_view not_built =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Atalaya</title>"
    "<p>The server runs, but this build holds no page. Build it with <code>make "
    "build</code>.</p></html>";

const EmbeddedFile* find(std::span<const EmbeddedFile> files, const std::string& name) {
    const auto found = std::lower_bound(
        files.begin(), files.end(), name,
        [](const EmbeddedFile& file, const std::string& wanted) { return file.name < wanted; });
    return found != files.end() && found->name == name ? &*found : nullptr;
}

std::string_view content_type(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".woff2", "font/woff2"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".png", "image/png"},
    };
    for (const auto& [ending, type] : types) {
        if (name.ends_with(ending))
            return type;
    }
    return "application/octet-stream";
}

/// True when the header (RFC 9110, section 12.5.3) names the coding and does not refuse it.
bool accepts(std::string_view header, std::string_view coding) {
    for (std::string_view element : split(header, ',')) {
        element = trim(element);
        const auto parameters = element.find(';');
        if (!equal_ignoring_case(trim(element.substr(0, parameters)), coding))
            continue;
        const std::string_view quality =
            parameters == std::string_view::npos ? "" : trim(element.substr(parameters + 1));
        return quality != "q=0" && quality != "q=0.0" && quality != "q=0.00" &&
               quality != "q=0.000";
    }
    return false;
}

} // namespace

net::Response answer(const net::Request& request, std::span<const EmbeddedFile> files) {
    net::Response response;
    response.headers.push_back({"Cache-Control", "no-cache"});
    std::string name = request.path;
    const bool encoded_twin = name.ends_with(".br") || name.ends_with(".gz");
    const EmbeddedFile* file = encoded_twin ? nullptr : find(files, name);
    if (!file) {
        if (name.find('.', name.rfind('/')) != std::string::npos)
            throw Problem(problems::not_found);
        name = "/index.html";
        file = find(files, name);
    }
    if (!file) {
        response.headers.push_back({"Content-Type", "text/html; charset=utf-8"});
        response.body = not_built;
        return response;
    }
    if (name.starts_with("/assets/"))
        response.headers.front().value = "public, max-age=31536000, immutable";
    response.headers.push_back({"Content-Type", std::string(content_type(name))});
    response.headers.push_back({"Vary", "Accept-Encoding"});
    for (const auto& [coding, ending] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
        const EmbeddedFile* smaller = find(files, name + ending);
        if (smaller && accepts(request.header("accept-encoding"), coding)) {
            file = smaller;
            response.headers.push_back({"Content-Encoding", coding});
            break;
        }
    }
    const std::string etag = "\"" + std::string(file->digest) + "\"";
    response.headers.push_back({"ETag", etag});
    if (request.header("if-none-match") == etag) {
        response.status = 304;
        return response;
    }
    response.body = as_text(file->content);
    return response;
}

} // namespace atalaya::page
