#include "audit/keyring_sealer.hpp"
#include "audit/recorder.hpp"
#include "base/problems.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "db/external.hpp"
#include "keyring/keyring.hpp"
#include "modules/erasure/erasure.hpp"
#include "modules/mailed_link/mailed_link.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "server/commands.hpp"
#include "server/database.hpp"
#include "server/files.hpp"
#include "server/up.hpp"

#include <cstdio>
#include <functional>
#include <map>

namespace atalaya::server_program {
namespace {

using Act = std::function<void(db::Tx&, audit::Recorder&, UserId)>;

struct Order {
    Act act;
    const char* done;    ///< what is printed then
    const char* nothing; ///< when there was nothing to do
};

const std::map<std::string, Order>& orders() {
    static const std::map<std::string, Order> all{
        {"create",
         {operator_desk::make_operator,
          "is an operator now; the operators' pages open once a second factor is set up",
          "is an operator already"}},
        {"disable", {operator_desk::disable_account, "is disabled", "is disabled already"}},
        {"enable", {operator_desk::enable_account, "is enabled", "is not disabled"}},
        {"reset-2fa",
         {operator_desk::reset_second_factor,
          "has no second factor any more, and all its sessions ended", "has no second factor"}},
    };
    return all;
}

void print_accounts(db::Connection& connection, keyring::Keyring& keyring) {
    const auto accounts = db::transact(
        connection, {}, [&](db::Tx& tx) { return operator_desk::list_accounts(tx, keyring); });
    for (const operator_desk::Account& account : accounts) {
        std::printf("%s  %-8s  %-8s  %-4s  %s\n", to_string(account.id).c_str(),
                    account.is_operator ? "operator" : "-", account.disabled ? "disabled" : "-",
                    account.second_factor ? "2fa" : "-", account.email.c_str());
    }
}

/// In one transaction with its event, as the server would have done it.
void carry_out(const Act& act, db::Connection& connection, keyring::Keyring& keyring, UserId user) {
    SystemRandom random;
    const SystemClock clock;
    audit::Heads heads;
    const audit::KeyringSealer sealer(keyring);
    const Secret seal_key = keyring.system_key("audit_seal");
    db::run_transaction(connection, {}, [&](db::Tx& tx) {
        audit::Actor actor;
        actor.kind = audit::ActorKind::system;
        actor.name = "command line";
        audit::Recorder recorder(heads, sealer, seal_key, clock, random, actor);
        act(tx, recorder, user);
        recorder.append_to(tx);
        tx.commit();
        recorder.committed();
    });
}

/// Where the page is: by the settings, or (a port that was free, say) as the server left it.
std::string page_url(const config::Config& config) {
    const auto left = read_file(std::filesystem::path(config.server.data_dir) / url_file);
    if (config.server.public_url.empty() && left)
        return std::string(trim(*left));
    const std::string& https = config.server.https;
    const auto port = parse_integer(std::string_view(https).substr(https.rfind(':') + 1));
    return public_url(config, static_cast<std::uint16_t>(port.value_or(0)));
}

/// For whoever forgot a password where no mail is sent.
void print_reset_link(const config::Config& config, db::Connection& connection,
                      keyring::Keyring& keyring, UserId user) {
    std::string token;
    const Act make = [&](db::Tx& tx, audit::Recorder& recorder, UserId whose) {
        SystemRandom random;
        token = mailed_link::insert_reset_token(tx, recorder, random, SystemClock().now(), whose);
    };
    carry_out(make, connection, keyring, user);
    std::printf("%s%s%s\n", page_url(config).c_str(), std::string(mailed_link::reset_page).c_str(),
                token.c_str());
}

/// Shuts the account; the server that runs, or the next that starts, does the rest.
void erase_person(const config::Config& config, db::Connection& connection,
                  keyring::Keyring& keyring, UserId user) {
    Uuid id;
    const Act begin = [&](db::Tx& tx, audit::Recorder& recorder, UserId whose) {
        SystemRandom random;
        id = erasure::begin({tx, recorder, keyring, random},
                            {whose, audit::ErasureBasis::objection, "by the command line", true});
    };
    carry_out(begin, connection, keyring, user);
    std::printf("%s/api/v1/erasures/%s\n", page_url(config).c_str(), to_string(id).c_str());
}

} // namespace

int run_admin(const config::Config& config, const std::vector<std::string>& words) {
    const std::string word = words.size() > 1 ? words[1] : "";
    const auto order = orders().find(word);
    if (word == "list" ? words.size() != 2
                       : (order == orders().end() && word != "reset-link" && word != "erase") ||
                             words.size() != 3)
        return 2;
    SystemRandom random;
    const auto keyring = keyring::Keyring::open(
        std::filesystem::path(config.server.data_dir) / "keyring", random, keyring::Access::reader);
    const auto database = make_configured_database(config);
    db::ConnectionOptions options;
    options.dsn = database->server_dsn() + " dbname=" + database->name();
    options.context_key = keyring->system_key("context");
    options.role = "atalaya_app";
    db::Connection connection(options);
    if (word == "list") {
        print_accounts(connection, *keyring);
        return 0;
    }
    const std::string& email = words[2];
    const auto user = db::transact(connection, {}, [&](db::Tx& tx) {
        return operator_desk::find_account(tx, *keyring, email);
    });
    if (!user) {
        std::fprintf(stderr, "atalaya: no account has the address %s\n", email.c_str());
        return 1;
    }
    if (word == "reset-link") {
        print_reset_link(config, connection, *keyring, *user);
        return 0;
    }
    try {
        if (word == "erase") {
            erase_person(config, connection, *keyring, *user);
            return 0;
        }
        carry_out(order->second.act, connection, *keyring, *user);
    } catch (const Problem& problem) {
        if (problem.kind().code == problems::conflict.code) {
            std::fprintf(stderr, "atalaya: %s\n", problem.detail().c_str());
            return 1;
        }
        if (problem.kind().code != problems::not_found.code)
            throw;
        std::fprintf(stderr, "atalaya: %s %s\n", email.c_str(), order->second.nothing);
        return 1;
    }
    std::printf("%s %s\n", email.c_str(), order->second.done);
    return 0;
}

} // namespace atalaya::server_program
