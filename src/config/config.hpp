// What the operator may set: one TOML file, environment variables over it, the command line over
// both.
//
// Read once at start and never changed; any thread. Every key with its default stands in one table
// (keys.cpp), from which docs/configuration.md is printed as well. Anything unknown or out of
// bounds throws ConfigRefused: one line for each fault, which names the place and what is allowed
// there.
#pragma once

#include "base/log.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atalaya::config {

enum class TlsMode { local, files, proxy };
enum class SignupMode { open, invite, closed };
enum class PasswordScheme { bcrypt, argon2id };
enum class MailTls { required, opportunistic, off };
enum class SignerMode { child, off };
enum class ScanPlace { listener, public_url };

/// Every member gets its value from the table of keys; the sections and names are those of the
/// file.
struct Config {
    struct {
        std::string https;
        std::string http; ///< "off" when plain HTTP is not wanted
        std::string data_dir;
        std::string public_url; ///< empty: made from https
    } server;
    struct {
        TlsMode mode;
        std::string certificate;
        std::string key;
        std::vector<std::string> names;
        std::vector<std::string> trusted_proxies;
    } tls;
    struct {
        SignupMode mode;
    } signup;
    struct {
        std::string dsn; ///< empty: the embedded one
        std::string password_file;
        std::string socket_dir; ///< empty: chosen at start
        std::string user;
        std::int64_t connections;
        std::string shared_buffers;
    } database;
    struct {
        PasswordScheme scheme;
        std::int64_t length_min;
        std::int64_t length_min_alone;
        std::int64_t time_floor_ms;
    } password;
    struct {
        std::int64_t idle_days;
        std::int64_t absolute_days;
        std::int64_t browser_hours;
    } session;
    /// Requests in a minute; 0: any number.
    struct {
        std::int64_t key_per_minute;
        std::int64_t team_per_minute;
        std::int64_t agent_per_minute;
        std::int64_t write_per_minute;
    } limits;
    struct {
        std::string smtp_url; ///< empty: no mail is sent
        std::string smtp_user;
        std::string smtp_password_file;
        std::string from;
        MailTls tls;
        std::string ca_file; ///< empty: the system's authorities
    } mail;
    struct {
        SignerMode mode;
        std::string user; ///< whom it becomes when it starts as root
        std::int64_t interval_s;
        std::string anchor_dir; ///< empty: no anchor
    } signer;
    struct {
        std::string timestamp_url; ///< empty: nothing is stamped
        std::string timestamp_ca_file;
        std::int64_t timestamp_minutes;
        std::vector<std::string> digest_to; ///< mail addresses; empty: nobody
    } audit;
    struct {
        std::vector<std::string> allow;
        std::string ca_file; ///< beside the system's authorities
    } egress;
    struct {
        std::string issuer; ///< empty: the installation has no single sign-on of its own
        std::string client_id;
        std::string client_secret_file;
        std::string label;
        std::vector<std::string> allowed_domains;
        std::vector<std::string> team_domains;
        bool sign_up;
        bool trust_second_factor;
    } oidc;
    struct {
        std::string security_contact; ///< empty: there is none
        std::int64_t checks_s;
        ScanPlace scan;
        std::string scan_ca_file;
    } trust;
    struct {
        std::int64_t retention_days;
        std::int64_t series_max;
        std::int64_t memory_mb;
        std::int64_t query_samples_max;
        std::int64_t query_seconds;
    } metrics;
    struct {
        log::Level level;
    } log;
    struct {
        std::string xss_protection;
    } headers;
};

struct ConfigRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Environment = std::map<std::string, std::string>;

/// Where values come from; what stands further down wins.
struct Sources {
    std::string file_name; ///< for messages
    std::string file_text; ///< TOML; empty when there is no file
    Environment environment;
    /// Key ("server.https") and value, as options of the command line set them.
    std::vector<std::pair<std::string, std::string>> command_line;
};

Config parse_config(const Sources& sources);

/// Reads the file (which must exist when it is named) and parses.
Config load_config(const std::optional<std::filesystem::path>& file, Environment environment,
                   std::vector<std::pair<std::string, std::string>> command_line = {});

/// This process's variables whose names begin with ATALAYA_.
Environment read_environment();

/// The variables that look like ours but set nothing, for a warning at start: a misspelt one must
/// not go unseen, yet one of a newer release must not stop an older server.
std::vector<std::string> list_unknown_variables(const Environment& environment);

/// The whole reference as Markdown, for docs/configuration.md.
std::string render_reference();

} // namespace atalaya::config
