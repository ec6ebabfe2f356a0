#include "base/random.hpp"
#include "modules/identity/identity.hpp"
#include "modules/identity/user_list.hpp"
#include "server/commands.hpp"
#include "server/database.hpp"
#include "server/files.hpp"
#include "server/instance.hpp"
#include "shape/engine.hpp"

#include <cstdio>

namespace atalaya::server_program {
namespace {

bool has_account(api::SlowCall& call, const std::string& email) {
    const auto index = identity::email_index(call.services.keyring, email);
    return call.look_up([&](db::Connection& connection) {
        return identity::find_login(connection, index).has_value();
    });
}

void import(api::SlowCall& call, const identity::UserDraft& draft) {
    const UserId user(call.services.random.uuid());
    const identity::Person person{draft.name, draft.email};
    call.services.keyring.create_key(user);
    try {
        call.transact({platform_team, user}, {platform_team}, [&](api::Call& inner) {
            identity::insert_user(inner, user, person, draft.hash);
            inner.record_person("user.import", user, shape::all_added(person), person.name);
        });
    } catch (...) {
        call.services.keyring.destroy_key(user);
        throw;
    }
}

/// What stands against it; empty when it was imported, or would be.
std::string import_or_refuse(api::SlowCall& call, const identity::ListedUser& user, bool dry_run) {
    if (!user.fault.empty())
        return user.fault;
    try {
        if (has_account(call, user.draft.email))
            return "has an account already";
        if (!dry_run)
            import(call, user.draft);
        return "";
    } catch (const Problem& problem) {
        return problem.detail();
    }
}

int import_all(Instance& instance, const std::vector<identity::ListedUser>& users, bool dry_run) {
    api::Incoming incoming;
    incoming.caller.kind = access::CallerKind::system;
    incoming.caller.name = "import-users";
    api::SlowCall call(instance.services(), incoming);
    int refused = 0;
    for (const identity::ListedUser& user : users) {
        const std::string fault = import_or_refuse(call, user, dry_run);
        refused += fault.empty() ? 0 : 1;
        std::printf("line %-5d %-8s %s%s%s\n", user.line, fault.empty() ? "ok" : "REFUSED",
                    user.draft.email.c_str(), fault.empty() ? "" : "  ", fault.c_str());
    }
    std::printf("%zu %s, %d refused\n", users.size() - static_cast<std::size_t>(refused),
                dry_run ? "can be imported" : "imported", refused);
    return refused == 0 ? 0 : 1;
}

} // namespace

int run_import_users(const config::Config& config, const std::string& file, bool dry_run) {
    const auto text = read_file(file);
    if (!text)
        throw StartRefused(file + " cannot be read");
    const auto users = identity::parse_user_list(*text);
    const auto database = make_configured_database(config);
    for (const db::Finding& finding : database->check()) {
        if (!finding.ok)
            throw StartRefused(finding.text + " (stop the server: accounts get keys of their own, "
                                              "and one program at a time may write keys)");
    }
    log::set_level(log::Level::warning);
    database->start();
    const SystemClock clock;
    SystemRandom random;
    InstanceOptions options;
    options.config = &config;
    options.directory = config.server.data_dir;
    options.database_server = database->server_dsn();
    options.database = database->name();
    options.public_url = config.server.public_url;
    options.clock = &clock;
    options.random = &random;
    int status = 1;
    {
        Instance instance(options);
        status = import_all(instance, users, dry_run);
    }
    database->stop();
    return status;
}

} // namespace atalaya::server_program
