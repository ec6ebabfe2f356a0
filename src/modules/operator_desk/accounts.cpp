#include "access/canary.hpp"
#include "modules/identity/identity.hpp"
#include "modules/operator_desk/operator_desk.hpp"
#include "operator_desk_sql.hpp"
#include "shape/complete.hpp"

namespace atalaya::operator_desk {
namespace {

using shape::field;

constexpr std::array account_fields{
    field<&Account::id>("id", "The account."),
    field<&Account::name>("name", "Full name; empty once the person was erased."),
    field<&Account::email>("email", "E-mail address."),
    field<&Account::is_operator>("is_operator", "Whether the account runs the installation."),
    field<&Account::second_factor>("second_factor", "Whether it has a second factor."),
    field<&Account::disabled>("disabled", "Whether nobody can sign in with it."),
    field<&Account::created_at>("created_at", "When it was made."),
};
static_assert(shape::names_every_member<Account>(account_fields));

void record(audit::Recorder& recorder, const char* action, UserId user) {
    audit::Event event;
    event.action = action;
    event.resource_type = "user";
    event.person = user;
    recorder.add(platform_team, std::move(event));
}

void demand_one(const db::Rows& rows) {
    if (rows.affected() != 1)
        throw Problem(problems::not_found);
}

void end_sessions(db::Tx& tx, UserId user) {
    tx.defer(sql::operator_desk::end_pending_logins, {{"user_id", user}});
    tx.defer(sql::operator_desk::end_sessions, {{"user_id", user}});
}

} // namespace

std::vector<Account> list_accounts(db::Tx& tx, keyring::Keyring& keyring) {
    std::vector<Account> accounts;
    for (const db::Row row : tx.query(sql::operator_desk::list_accounts)) {
        Account account;
        account.id = row.get<UserId>("id");
        if (access::is_canary(account.id))
            continue;
        account.is_operator = row.get<bool>("is_operator");
        account.second_factor = row.get<bool>("second_factor");
        account.disabled = row.get<std::optional<Time>>("disabled_at").has_value();
        account.created_at = row.get<Time>("created_at");
        if (const auto person =
                identity::open_person(keyring, account.id, row.get<Bytes>("body"))) {
            account.name = person->name;
            account.email = person->email;
        }
        accounts.push_back(std::move(account));
    }
    return accounts;
}

std::optional<UserId> find_account(db::Tx& tx, keyring::Keyring& keyring, std::string_view email) {
    const auto row = tx.query_optional(sql::operator_desk::find_account_by_email,
                                       {{"email_index", identity::email_index(keyring, email)}});
    return row ? std::optional(row->get<UserId>("id")) : std::nullopt;
}

void make_operator(db::Tx& tx, audit::Recorder& recorder, UserId user) {
    demand_one(tx.query(sql::operator_desk::insert_operator, {{"user_id", user}}));
    record(recorder, "operator.create", user);
}

void disable_account(db::Tx& tx, audit::Recorder& recorder, UserId user) {
    demand_one(tx.query(sql::operator_desk::disable_account, {{"user_id", user}}));
    end_sessions(tx, user);
    record(recorder, "operator.user_disable", user);
}

void enable_account(db::Tx& tx, audit::Recorder& recorder, UserId user) {
    demand_one(tx.query(sql::operator_desk::enable_account, {{"user_id", user}}));
    record(recorder, "operator.user_enable", user);
}

void reset_second_factor(db::Tx& tx, audit::Recorder& recorder, UserId user) {
    demand_one(tx.query(sql::operator_desk::delete_second_factor, {{"user_id", user}}));
    end_sessions(tx, user);
    record(recorder, "operator.second_factor_reset", user);
}

} // namespace atalaya::operator_desk

namespace atalaya::shape {
const Shape Described<operator_desk::Account>::shape{"OperatorAccount",
                                                     operator_desk::account_fields};
} // namespace atalaya::shape
