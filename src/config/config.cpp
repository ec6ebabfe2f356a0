#include "config/config.hpp"

#include "base/text.hpp"
#include "config/keys.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <toml++/toml.h>
#include <unistd.h>

namespace atalaya::config {

namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

constexpr std::string_view variable_prefix = "ATALAYA_";

std::string path_of(const Key& key) {
    return std::string(key.section) + "." + std::string(key.name);
}

std::string variable_of(const Key& key) {
    std::string out(variable_prefix);
    for (const char c : path_of(key)) {
        out += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return out;
}

const Key* find_key(std::string_view path) {
    for (const Key& key : list_keys()) {
        if (path_of(key) == path) {
            return &key;
        }
    }
    return nullptr;
}

using Items = std::vector<std::string>;
using Refusal = std::optional<std::string>;

Refusal set_text(Config& config, const TextKey& type, const std::string& value) {
    if (const Refusal refusal = type.check ? type.check(value) : std::nullopt) {
        return refusal;
    }
    type.member(config) = value;
    return std::nullopt;
}

Refusal set_number(Config& config, const NumberKey& type, const std::string& value) {
    const auto number = parse_integer(value);
    if (!number || *number < type.lowest || *number > type.highest) {
        return "must be a whole number from " + std::to_string(type.lowest) + " to " +
               std::to_string(type.highest);
    }
    type.member(config) = *number;
    return std::nullopt;
}

Refusal set_list(Config& config, const ListKey& type, const Items& items) {
    for (const std::string& item : items) {
        if (const Refusal refusal = type.check(item)) {
            return "each item " + *refusal;
        }
    }
    type.member(config) = items;
    return std::nullopt;
}

Refusal set_choice(Config& config, const ChoiceKey& type, const std::string& value) {
    const auto words = split(type.words, '|');
    for (std::size_t word = 0; word < words.size(); ++word) {
        if (words[word] == value) {
            type.set(config, word);
            return std::nullopt;
        }
    }
    std::string allowed;
    for (const std::string_view word : words) {
        allowed += (allowed.empty() ? "" : ", ") + std::string(word);
    }
    return "must be one of: " + allowed;
}

/// Only a list takes several items or none.
Refusal set_value(Config& config, const Key& key, const Items& items) {
    return std::visit(
        Overloaded{
            [&](const ListKey& type) { return set_list(config, type, items); },
            [&](const TextKey& type) { return set_text(config, type, items.at(0)); },
            [&](const NumberKey& type) { return set_number(config, type, items.at(0)); },
            [&](const ChoiceKey& type) { return set_choice(config, type, items.at(0)); },
        },
        key.type);
}

/// The environment and the command line know text only: a list is separated by commas.
Items items_of(const Key& key, std::string_view text) {
    if (!std::holds_alternative<ListKey>(key.type)) {
        return {std::string(text)};
    }
    Items out;
    for (const std::string_view item : split(text, ',')) {
        if (!trim(item).empty()) {
            out.emplace_back(trim(item));
        }
    }
    return out;
}

/// Collects the faults, so that the operator sees all of them at once.
class Loader {
  public:
    explicit Loader(const Sources& sources) : sources_(sources) {}

    Config load() {
        for (const Key& key : list_keys()) {
            set("the default", key, items_of(key, key.fallback));
        }
        read_file();
        for (const Key& key : list_keys()) {
            const std::string variable = variable_of(key);
            if (const auto found = sources_.environment.find(variable);
                found != sources_.environment.end()) {
                set(variable, key, items_of(key, found->second));
            }
        }
        for (const auto& [path, value] : sources_.command_line) {
            const Key* const key = find_key(path);
            if (!key) {
                fault("command line", path + " is not a key");
                continue;
            }
            set("command line", *key, items_of(*key, value));
        }
        if (faults_.empty()) {
            check_together();
        }
        if (!faults_.empty()) {
            throw ConfigRefused(faults_);
        }
        return config_;
    }

  private:
    void fault(const std::string& place, const std::string& text) {
        faults_ += (faults_.empty() ? "" : "\n") + place + ": " + text;
    }

    void set(const std::string& place, const Key& key, const Items& items) {
        if (const Refusal refusal = set_value(config_, key, items)) {
            fault(place, path_of(key) + " " + *refusal);
        }
    }

    std::string place_of(const toml::source_region& region) const {
        return sources_.file_name + ":" + std::to_string(region.begin.line);
    }

    void read_file() {
        try {
            const toml::table file = toml::parse(sources_.file_text);
            for (const auto& [section, node] : file) {
                read_section(section, node);
            }
        } catch (const toml::parse_error& error) {
            fault(place_of(error.source()), std::string(error.description()));
        }
    }

    void read_section(const toml::key& section, const toml::node& node) {
        std::set<std::string_view> sections;
        for (const Key& key : list_keys()) {
            sections.insert(key.section);
        }
        const toml::table* const table = node.as_table();
        if (!table || !sections.contains(section.str())) {
            std::string known;
            for (const std::string_view name : sections) {
                known += " [" + std::string(name) + "]";
            }
            fault(place_of(section.source()),
                  std::string(section.str()) + " is not a section; there are" + known);
            return;
        }
        for (const auto& [name, value] : *table) {
            const Key* const key =
                find_key(std::string(section.str()) + "." + std::string(name.str()));
            if (!key) {
                fault(place_of(name.source()), unknown_key(section.str(), name.str()));
                continue;
            }
            read_value(*key, value, place_of(name.source()));
        }
    }

    static std::string unknown_key(std::string_view section, std::string_view name) {
        std::string known;
        for (const Key& key : list_keys()) {
            if (key.section == section) {
                known += (known.empty() ? " " : ", ") + std::string(key.name);
            }
        }
        return std::string(name) + " is not a key; [" + std::string(section) + "] has" + known;
    }

    void read_value(const Key& key, const toml::node& value, const std::string& place) {
        if (std::holds_alternative<ListKey>(key.type)) {
            Items items;
            bool only_texts = value.is_array();
            if (const toml::array* const array = value.as_array()) {
                for (const toml::node& item : *array) {
                    only_texts = only_texts && item.is_string();
                    items.push_back(item.value_or(std::string()));
                }
            }
            if (!only_texts) {
                fault(place, path_of(key) + " must be a list of texts, such as [\"...\"]");
                return;
            }
            set(place, key, items);
        } else if (std::holds_alternative<NumberKey>(key.type)) {
            const auto number = value.is_integer() ? value.value<std::int64_t>() : std::nullopt;
            set(place, key, {number ? std::to_string(*number) : "not a number"});
        } else if (value.is_string()) {
            set(place, key, {value.value_or(std::string())});
        } else {
            fault(place, path_of(key) + " must be a text in quotes");
        }
    }

    /// What no key can tell alone.
    void check_together() {
        if (config_.tls.mode == TlsMode::files &&
            (config_.tls.certificate.empty() || config_.tls.key.empty())) {
            fault("tls", "tls.mode files needs tls.certificate and tls.key");
        }
        if (config_.tls.mode == TlsMode::proxy) {
            const std::string& at = config_.server.http;
            if (!at.starts_with("127.") && !at.starts_with("[::1]:") && !at.starts_with("unix:")) {
                fault("tls", "tls.mode proxy needs server.http on loopback or a unix socket");
            }
        }
        if (config_.session.idle_days > config_.session.absolute_days) {
            fault("session", "session.idle_days must not exceed session.absolute_days");
        }
        if (!config_.mail.smtp_url.empty() && config_.mail.from.empty()) {
            fault("mail", "mail.smtp_url needs mail.from");
        }
        if (!config_.oidc.issuer.empty() && config_.oidc.client_id.empty()) {
            fault("oidc", "oidc.issuer needs oidc.client_id");
        }
        if (config_.mail.smtp_user.empty() != config_.mail.smtp_password_file.empty()) {
            fault("mail", "mail.smtp_user and mail.smtp_password_file need each other");
        }
    }

    const Sources& sources_;
    Config config_{};
    std::string faults_;
};

std::string describe_type(const Key& key) {
    return std::visit(Overloaded{
                          [](const TextKey&) -> std::string { return "text"; },
                          [](const NumberKey& type) {
                              return "number, " + std::to_string(type.lowest) + " to " +
                                     std::to_string(type.highest);
                          },
                          [](const ListKey&) -> std::string { return "list of texts"; },
                          [](const ChoiceKey& type) {
                              std::string out;
                              for (const std::string_view word : split(type.words, '|')) {
                                  out += (out.empty() ? "`" : " or `") + std::string(word) + "`";
                              }
                              return out;
                          },
                      },
                      key.type);
}

std::string describe_default(const Key& key) {
    if (std::holds_alternative<ListKey>(key.type) && key.fallback.empty()) {
        return "none";
    }
    return key.fallback.empty() ? "empty" : "`" + std::string(key.fallback) + "`";
}

} // namespace

Config parse_config(const Sources& sources) { return Loader(sources).load(); }

Config load_config(const std::optional<std::filesystem::path>& file, Environment environment,
                   std::vector<std::pair<std::string, std::string>> command_line) {
    Sources sources;
    sources.environment = std::move(environment);
    sources.command_line = std::move(command_line);
    if (file) {
        sources.file_name = file->string();
        std::ifstream in(*file, std::ios::binary);
        if (!in || !std::filesystem::is_regular_file(*file)) {
            throw ConfigRefused(sources.file_name + ": is not a file that can be read");
        }
        sources.file_text.assign(std::istreambuf_iterator<char>(in), {});
    }
    return parse_config(sources);
}

Environment read_environment() {
    Environment out;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (text.starts_with(variable_prefix) && equals != text.npos) {
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return out;
}

std::vector<std::string> list_unknown_variables(const Environment& environment) {
    std::set<std::string> known;
    for (const Key& key : list_keys()) {
        known.insert(variable_of(key));
    }
    std::vector<std::string> out;
    for (const auto& [name, value] : environment) {
        if (name.starts_with(variable_prefix) && !known.contains(name)) {
            out.push_back(name);
        }
    }
    return out;
}

std::string render_reference() {
    std::string out =
        "# Configuration\n\n"
        "<!-- Printed by `atalaya config reference`; change src/config/keys.cpp. -->\n\n"
        "Every key may stand in a TOML file (`--config FILE`) or in the environment, where a list\n"
        "is separated by commas. The environment wins over the file, the command line over both.\n"
        "An unknown key of the file or a bad value stops the start; an unknown variable is "
        "reported.\n";
    std::string_view section;
    for (const Key& key : list_keys()) {
        if (key.section != section) {
            section = key.section;
            out += "\n## [" + std::string(section) + "]\n\n";
            out += "| Key | Environment | Value | Default | Meaning |\n|---|---|---|---|---|\n";
        }
        out += "| `" + std::string(key.name) + "` | `" + variable_of(key) + "` | " +
               describe_type(key) + " | " + describe_default(key) + " | " +
               std::string(key.meaning) + " |\n";
    }
    return out;
}

} // namespace atalaya::config
