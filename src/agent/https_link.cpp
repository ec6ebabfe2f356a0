#include "agent/https_link.hpp"

namespace atalaya::agent {

namespace {

net::ClientOptions options_of(const Config& config) {
    return {.url = config.server,
            .ca_file = config.ca,
            .pin = config.pin,
            .connect_timeout = std::chrono::seconds(10),
            .answer_timeout = std::chrono::seconds(20),
            .body_bytes_max = 64 * 1024};
}

} // namespace

HttpsLink::HttpsLink(const Config& config) : client_(options_of(config)), token_(config.token) {}

Answer HttpsLink::push(BytesView frame) {
    const auto response =
        client_.send("POST", "/agent/v1/push",
                     {{"Authorization", "Bearer " + std::string(token_.reveal_text())},
                      {"Content-Type", std::string(wire::push_content_type)}},
                     as_text(frame));
    if (!response.has_value())
        return {.outcome = Answer::Outcome::lost, .reason = response.error().reason};
    return parse_answer(response->status, response->header("retry-after"), response->body);
}

} // namespace atalaya::agent
