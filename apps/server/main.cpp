// The command line of the server.
#include "server/commands.hpp"
#include "server/signer.hpp"
#include "server/up.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace atalaya;

constexpr const char* usage =
    "usage: atalaya COMMAND [OPTIONS]\n"
    "\n"
    "  up             run everything: database, page and API, until a signal ends it\n"
    "                   --with-local-agent   watch this machine too\n"
    "  serve          the same with an external PostgreSQL: see database.dsn in `atalaya config`\n"
    "  database-sql   print what a superuser runs there once\n"
    "  doctor         look for what would keep the server from starting\n"
    "  signer         sign checkpoints of the audit chains, as `up` and `serve` do beside "
    "themselves\n"
    "  signer rotate  have the signer change its key; the old one vouches for the new one\n"
    "  audit verify   follow every audit chain\n"
    "  audit accept TEAM SEQ   take a chain that does not hold as it is, up to this event\n"
    "  admin          list | create E-MAIL (make that account an operator) | disable E-MAIL |\n"
    "                 enable E-MAIL | reset-2fa E-MAIL |\n"
    "                 reset-link E-MAIL (a link that sets a new password) |\n"
    "                 erase E-MAIL (the person, for good; prints where the receipt is)\n"
    "  admin import-users FILE   make accounts from CSV (email,name,hash) or JSON lines, with the\n"
    "                 bcrypt or Django hashes of another program; the server must not run\n"
    "                   --dry-run   only say what would be imported\n"
    "  psql           a shell on the database: --role owner|app -- PSQL OPTIONS\n"
    "  openapi        print the API document\n"
    "  config         print the reference of all settings\n"
    "  version        print the version\n"
    "\n"
    "  --data DIR          where everything is kept\n"
    "  --https ADDR:PORT   where the page and the API are served (127.0.0.1:8443)\n"
    "  --http ADDR:PORT    where plain HTTP is redirected (127.0.0.1:8080), or off\n"
    "  --config FILE       the settings; see `atalaya config`\n";

struct CommandLine {
    std::vector<std::string> words;
    std::vector<std::pair<std::string, std::string>> settings;
    std::optional<std::string> config_file;
    std::string role = "owner";
    bool with_local_agent = false;
    bool dry_run = false;
    std::vector<std::string> rest;
    std::string fault;
};

CommandLine parse(int argc, char** argv) {
    CommandLine out;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--") {
            out.rest.assign(argv + i + 1, argv + argc);
            break;
        }
        if (!word.starts_with("--")) {
            out.words.emplace_back(word);
            continue;
        }
        if (word == "--with-local-agent") {
            out.with_local_agent = true;
            continue;
        }
        if (word == "--dry-run") {
            out.dry_run = true;
            continue;
        }
        if (i + 1 == argc) {
            out.fault = std::string(word) + " needs a value";
            break;
        }
        const std::string value = argv[++i];
        if (word == "--data")
            out.settings.emplace_back("server.data_dir", value);
        else if (word == "--https")
            out.settings.emplace_back("server.https", value);
        else if (word == "--http")
            out.settings.emplace_back("server.http", value);
        else if (word == "--config")
            out.config_file = value;
        else if (word == "--role" && (value == "owner" || value == "app"))
            out.role = value;
        else
            out.fault = "unknown option " + std::string(word) + " " + value;
    }
    return out;
}

int run(const CommandLine& line) {
    const std::string command = line.words.empty() ? "" : line.words[0];
    if (command == "version") {
        std::puts("atalaya " ATALAYA_VERSION);
        return 0;
    }
    if (command == "openapi")
        return server_program::print_openapi();
    if (command == "config") {
        std::fputs(config::render_reference().c_str(), stdout);
        return 0;
    }
    const auto environment = config::read_environment();
    for (const std::string& name : config::list_unknown_variables(environment))
        std::fprintf(stderr, "atalaya: %s sets nothing that this version knows\n", name.c_str());
    const auto config = config::load_config(line.config_file, environment, line.settings);
    if (command == "up")
        return server_program::run_up(config, line.with_local_agent);
    if (command == "serve")
        return server_program::run_serve(config, line.with_local_agent);
    if (command == "signer" && line.words.size() == 2 && line.words[1] == "rotate")
        return server_program::request_rotation(config);
    if (command == "signer" && line.words.size() == 1)
        return server_program::run_signer(config);
    if (command == "database-sql")
        return server_program::print_database_sql(config);
    if (command == "doctor")
        return server_program::run_doctor(config);
    if (command == "psql")
        return server_program::run_psql(config, line.role, line.rest);
    if (command == "audit" && line.words.size() == 2 && line.words[1] == "verify")
        return server_program::run_audit_verify(config);
    if (command == "audit" && line.words.size() == 4 && line.words[1] == "accept")
        return server_program::run_audit_accept(config, line.words[2], line.words[3]);
    if (command == "admin" && line.words.size() == 3 && line.words[1] == "import-users")
        return server_program::run_import_users(config, line.words[2], line.dry_run);
    if (command == "admin") {
        if (const int status = server_program::run_admin(config, line.words); status != 2)
            return status;
    }
    std::fputs(usage, stderr);
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    const CommandLine line = parse(argc, argv);
    if (!line.fault.empty()) {
        std::fprintf(stderr, "atalaya: %s\n%s", line.fault.c_str(), usage);
        return 2;
    }
    try {
        return run(line);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "atalaya: %s\n", failure.what());
        return 1;
    }
}
