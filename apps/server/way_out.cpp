#include "server/way_out.hpp"

#include "base/text.hpp"
#include "crypto/timestamp.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"

namespace atalaya::server_program {

namespace {

egress::ClientOptions client_options(const config::Config& config) {
    egress::ClientOptions options;
    for (const std::string& text : config.egress.allow)
        options.opened.push_back(egress::parse_network(text).value());
    options.ca_file = config.egress.ca_file;
    if (!options.ca_file.empty() && !read_file(options.ca_file))
        throw StartRefused("no authorities can be read from egress.ca_file, " +
                           config.egress.ca_file);
    return options;
}

} // namespace

egress::Send make_way_out(const config::Config& config) {
    // Shared, because a function is a value that may be copied.
    const auto client = std::make_shared<egress::Client>(client_options(config));
    return [client](const egress::Request& request) { return client->send(request); };
}

std::function<std::optional<egress::Failure>(const egress::Endpoint&, std::string_view)>
make_tls_way_out(const config::Config& config) {
    return [options = client_options(config)](const egress::Endpoint& to, std::string_view bytes) {
        return egress::send_over_tls(options, to, bytes);
    };
}

Secret read_oidc_secret(const config::Config& config) {
    const std::string& path = config.oidc.client_secret_file;
    if (path.empty())
        return {};
    const auto text = read_file(path);
    const std::string_view whole = text ? *text : std::string_view();
    const std::string_view secret = trim(whole.substr(0, whole.find('\n')));
    if (secret.empty())
        throw StartRefused("no secret can be read from oidc.client_secret_file, " + path);
    return Secret(secret);
}

std::string read_timestamp_authorities(const config::Config& config) {
    std::string text = read_file(config.audit.timestamp_ca_file).value_or("");
    if (!crypto::holds_certificate(text))
        throw StartRefused("audit.timestamp_url needs audit.timestamp_ca_file, a PEM file with the "
                           "certificates that its stamps lead to");
    return text;
}

} // namespace atalaya::server_program
