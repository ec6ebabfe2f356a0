#include "agent/config.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace atalaya::agent {

namespace {

constexpr std::string_view token_prefix = "sha_";

/// Says where a value stands and what is wrong with it.
class Complaint {
  public:
    explicit Complaint(std::string_view file) : file_(file) {}
    [[noreturn]] void at(const toml::node& node, const std::string& what) const {
        line(node.source().begin.line, what);
    }
    [[noreturn]] void line(std::uint64_t number, const std::string& what) const {
        throw std::runtime_error(file_ + ":" + std::to_string(number) + ": " + what);
    }
    [[noreturn]] void whole(const std::string& what) const {
        throw std::runtime_error(file_ + ": " + what);
    }

  private:
    std::string file_;
};

std::string text_of(const toml::node& node, const std::string& key, const Complaint& complaint) {
    const auto* text = node.as_string();
    if (!text || text->get().empty())
        complaint.at(node, key + " must be a text that is not empty");
    return text->get();
}

std::int64_t number_of(const toml::node& node, const std::string& key, std::int64_t low,
                       std::int64_t high, const Complaint& complaint) {
    const auto* number = node.as_integer();
    if (!number || number->get() < low || number->get() > high)
        complaint.at(node, key + " must be a whole number from " + std::to_string(low) + " to " +
                               std::to_string(high));
    return number->get();
}

std::filesystem::path path_of(const toml::node& node, const std::string& key,
                              const Complaint& complaint) {
    std::filesystem::path path = text_of(node, key, complaint);
    if (!path.is_absolute())
        complaint.at(node, key + " must be an absolute path");
    return path;
}

void take(Config& config, const std::string& key, const toml::node& node,
          const Complaint& complaint) {
    if (key == "server") {
        config.server = text_of(node, key, complaint);
        if (!config.server.starts_with("https://"))
            complaint.at(node,
                         "server must begin with https://; the agent never speaks plain HTTP");
    } else if (key == "token") {
        config.token = Secret(text_of(node, key, complaint));
    } else if (key == "token_file") {
        config.token_file = path_of(node, key, complaint);
    } else if (key == "ca") {
        config.ca = path_of(node, key, complaint);
    } else if (key == "pin") {
        config.pin = text_of(node, key, complaint);
    } else if (key == "spool_dir") {
        config.spool_dir = path_of(node, key, complaint);
    } else if (key == "spool_mib") {
        config.spool_bytes_max =
            static_cast<std::uint64_t>(number_of(node, key, 1, 65'536, complaint)) << 20;
    } else if (key == "interval_s") {
        config.interval = std::chrono::seconds(number_of(node, key, 1, 3600, complaint));
    } else if (key == "user") {
        config.user = text_of(node, key, complaint);
    } else {
        complaint.at(node, "unknown key " + key +
                               "; known are server, token, token_file, ca, pin, spool_dir, "
                               "spool_mib, interval_s, user");
    }
}

/// A token goes into a header: nothing but its own alphabet may be in it.
bool is_token(std::string_view text) {
    return text.starts_with(token_prefix) && text.size() <= 200 &&
           std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || c == '-';
           });
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
        throw std::runtime_error(file.string() + ": cannot be read");
    return std::move(text).str();
}

} // namespace

Config parse_config(std::string_view text, std::string_view file) {
    const Complaint complaint(file);
    const toml::parse_result result = toml::parse(text);
    if (!result)
        complaint.line(result.error().source().begin.line,
                       std::string(result.error().description()));
    Config config;
    for (const auto& [key, node] : result.table())
        take(config, std::string(key.str()), node, complaint);
    if (config.server.empty())
        complaint.whole("server is missing: the address of the server, https://host:port");
    if (config.spool_dir.empty())
        complaint.whole("spool_dir is missing: a directory for what cannot be sent yet");
    if (config.token.empty() == config.token_file.empty())
        complaint.whole("give either token or token_file");
    if (!config.token.empty() && !is_token(config.token.reveal_text()))
        complaint.whole("token must be what the server showed, beginning with sha_");
    return config;
}

Config load_config(const std::filesystem::path& file) {
    Config config = parse_config(read_file(file), file.string());
    if (config.token_file.empty())
        return config;
    const std::string content = read_file(config.token_file);
    config.token = Secret(trim(content));
    if (!is_token(config.token.reveal_text()))
        throw std::runtime_error(config.token_file.string() +
                                 ": must hold one token, beginning with sha_");
    return config;
}

} // namespace atalaya::agent
