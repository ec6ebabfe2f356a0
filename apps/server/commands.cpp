#include "server/commands.hpp"

#include "api/document.hpp"
#include "audit/keyring_sealer.hpp"
#include "audit/reader.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "db/external.hpp"
#include "keyring/keyring.hpp"
#include "modules/team/team.hpp"
#include "server/database.hpp"
#include "server/instance.hpp"
#include "server/modules.hpp"
#include "server/watch_memory.hpp"

#include <cstdio>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace atalaya::server_program {
int run_doctor(const config::Config& config) {
    bool healthy = true;
    const auto print = [&](const std::string& code, bool ok, const std::string& text) {
        healthy = healthy && ok;
        std::printf("%-4s %-24s %s\n", ok ? "ok" : "FAIL", code.c_str(), text.c_str());
    };
    for (const db::Finding& finding : make_configured_database(config)->check())
        print(finding.code, finding.ok, finding.text);
    const auto directory = std::filesystem::path(config.server.data_dir) / "keyring";
    if (std::filesystem::exists(directory)) {
        SystemRandom random;
        try {
            const auto keyring = keyring::Keyring::open(directory, random, keyring::Access::reader);
            const auto damage = keyring->list_damage();
            print("keyring", damage.empty(),
                  damage.empty() ? "every key can be read" : damage.front());
        } catch (const std::exception& failure) {
            print("keyring", false, failure.what());
        }
    }
    return healthy ? 0 : 1;
}

int run_audit_verify(const config::Config& config) {
    SystemRandom random;
    const auto keyring = keyring::Keyring::open(
        std::filesystem::path(config.server.data_dir) / "keyring", random, keyring::Access::reader);
    const audit::KeyringSealer sealer(*keyring);
    const Secret seal_key = keyring->system_key("audit_seal");
    db::ConnectionOptions options;
    const auto database = make_configured_database(config);
    options.dsn = database->server_dsn() + " dbname=" + database->name();
    options.context_key = keyring->system_key("context");
    options.statement_timeout = std::chrono::minutes(5);

    options.role = "atalaya_sched";
    db::Connection directory(options);
    auto teams = team::list_team_ids(directory);
    teams.push_back(platform_team);
    options.role = "atalaya_app";
    db::Connection connection(options);
    bool all_hold = true;
    for (const TeamId& team : teams) {
        const audit::Report report = db::transact(connection, {team, UserId{}}, [&](db::Tx& tx) {
            return audit::verify_chain(tx, sealer, seal_key);
        });
        all_hold = all_hold && report.ok;
        std::printf("%s  %s  %lld events, %lld erased", to_string(team).c_str(),
                    report.ok ? "valid" : "BROKEN", static_cast<long long>(report.checked),
                    static_cast<long long>(report.erased));
        if (!report.ok)
            std::printf("  at %lld: %s", static_cast<long long>(report.first_bad.value_or(0)),
                        report.reason.c_str());
        std::printf("\n");
    }
    return all_hold ? 0 : 30;
}

int run_audit_accept(const config::Config& config, const std::string& team,
                     const std::string& seq) {
    const auto id = parse_uuid(team);
    const auto until = parse_integer(seq);
    if (!id || !until || *until < 1)
        throw StartRefused("say which team, by its id, and the number of an event");
    accept_chain(config.server.data_dir, TeamId(*id), *until);
    std::printf("team %s: what does not hold up to event %lld is accepted from the next look on\n",
                to_string(*id).c_str(), static_cast<long long>(*until));
    return 0;
}

int run_psql(const config::Config& config, const std::string& role,
             std::vector<std::string> arguments) {
    const auto database = make_configured_database(config);
    const std::string user = role == "app" ? "atalaya_app" : database->become_superuser();
    if (user.empty())
        throw StartRefused("database.dsn names no user that could be the owner: use --role app");
    std::vector<std::string> words{
        "psql", "-U", user, "-X", "-d", database->server_dsn() + " dbname=" + database->name()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp("psql", argv.data());
    std::perror("psql");
    return 127;
}

int print_database_sql(const config::Config& config) {
    const std::string name =
        config.database.dsn.empty() ? "atalaya" : db::parse_external(config.database.dsn).database;
    std::fputs(db::bootstrap_script(name).c_str(), stdout);
    return 0;
}

int print_openapi() {
    api::Router router;
    add_endpoints(router);
    std::printf("%s\n", shape::write_json(api::make_document(router)).c_str());
    return 0;
}

} // namespace atalaya::server_program
