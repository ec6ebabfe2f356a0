#include "modules/identity/identity.hpp"

#include "access/canary.hpp"
#include "base/problems.hpp"
#include "base/text.hpp"
#include "db/error.hpp"
#include "identity_sql.hpp"
#include "keyring/keyring.hpp"
#include "shape/complete.hpp"
#include "shape/engine.hpp"

namespace atalaya::identity {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::array person_fields{
    field<&Person::name>("name", "Full name.", length(1, 200)),
    field<&Person::email>("email", "E-mail address.", shape::email_address()),
};
static_assert(names_every_member<Person>(person_fields));

constexpr std::string_view person_purpose = "user.body";
constexpr Micros touch_interval = std::chrono::minutes(1);

Bytes seal_person(keyring::Keyring& keyring, UserId user, const Person& person) {
    return keyring.seal(user, person_purpose, user,
                        as_bytes(shape::write_json(shape::to_json(person))));
}

} // namespace

std::optional<Person> open_person(keyring::Keyring& keyring, UserId user, const Bytes& body) {
    const auto plain = keyring.open_sealed(user, person_purpose, user, body);
    if (!plain)
        return std::nullopt;
    return shape::read_stored<Person>(shape::parse_json(as_text(*plain)).value());
}

crypto::Hash email_index(keyring::Keyring& keyring, std::string_view email) {
    return keyring.system_blind_index("user.email", to_lower(trim(email)));
}

bool has_users(db::Tx& tx) {
    std::vector<UserId> canaries;
    for (const access::Canary& canary : access::canaries())
        canaries.push_back(canary.user);
    return tx.query_one(sql::identity::any_user, {{"canaries", canaries}}).get<bool>("present");
}

namespace {

/// Runs a statement that writes the person and the address; addresses are unique.
void write_address(api::Call& call, const db::Statement& statement, UserId user,
                   const Person& person) {
    keyring::Keyring& keyring = call.services.keyring;
    try {
        call.tx.query(statement, {{"id", user},
                                  {"email_index", email_index(keyring, person.email)},
                                  {"body", seal_person(keyring, user, person)}});
    } catch (const db::Error& error) {
        if (error.is_unique_violation())
            throw Problem(problems::email_taken);
        throw;
    }
}

} // namespace

void insert_user(api::Call& call, UserId user, const Person& person,
                 const std::string& password_hash) {
    write_address(call, sql::identity::insert_user, user, person);
    call.tx.defer(sql::identity::insert_password, {{"user_id", user}, {"hash", password_hash}});
}

Account get_account(api::Call& call, UserId user) {
    const db::Row row = call.tx.query_one(sql::identity::find_user, {{"id", user}});
    auto person = open_person(call.services.keyring, user, row.get<Bytes>("body"));
    if (!person)
        throw Problem(problems::not_found).because("the person's key is gone");
    return {user, std::move(*person), row.get<Time>("created_at")};
}

void update_person(api::Call& call, UserId user, const Person& person) {
    call.tx.defer(sql::identity::update_user,
                  {{"id", user}, {"body", seal_person(call.services.keyring, user, person)}});
}

void update_email(api::Call& call, UserId user, const Person& person) {
    write_address(call, sql::identity::update_email, user, person);
}

std::optional<UserId> find_user(api::Call& call, std::string_view email) {
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    const auto row =
        call.tx.query_optional(sql::identity::find_user_by_email,
                               {{"email_index", email_index(call.services.keyring, email)}});
    call.tx.enter(before);
    return row ? std::optional(row->get<UserId>("id")) : std::nullopt;
}

std::map<UserId, Person> list_people(api::Call& call, const std::vector<UserId>& users) {
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    std::map<UserId, Person> people;
    for (const db::Row row : call.tx.query(sql::identity::list_users, {{"ids", users}})) {
        const auto id = row.get<UserId>("id");
        if (auto person = open_person(call.services.keyring, id, row.get<Bytes>("body")))
            people.emplace(id, std::move(*person));
    }
    call.tx.enter(before);
    return people;
}

std::set<UserId> list_disabled(api::Call& call, const std::vector<UserId>& users) {
    const db::Scope before = call.tx.scope();
    call.tx.enter({platform_team, before.actor});
    std::set<UserId> out;
    for (const db::Row row : call.tx.query(sql::identity::list_disabled, {{"ids", users}}))
        out.insert(row.get<UserId>("id"));
    call.tx.enter(before);
    return out;
}

std::string get_password_hash(db::Tx& tx, UserId user) {
    return tx.query_one(sql::identity::find_password, {{"user_id", user}}).get<std::string>("hash");
}

void update_password_hash(db::Tx& tx, UserId user, const std::string& hash) {
    tx.defer(sql::identity::update_password, {{"user_id", user}, {"hash", hash}});
}

std::optional<Login> find_login(db::Connection& connection, const crypto::Hash& email_index) {
    return db::transact(connection, {}, [&](db::Tx& tx) -> std::optional<Login> {
        const auto row =
            tx.query_optional(sql::identity::find_login, {{"email_index", email_index}});
        if (!row)
            return std::nullopt;
        return Login{row->get<UserId>("user_id"), row->get<std::string>("hash")};
    });
}

namespace {

/// The teams of a person, and the tightest limits that any of them sets on sessions.
struct Belonging {
    std::vector<access::Membership> memberships;
    std::optional<std::int64_t> idle_minutes, hours;
};

void tighten(std::optional<std::int64_t>& limit, std::optional<std::int64_t> by) {
    if (by && (!limit || *by < *limit))
        limit = by;
}

/// In the platform's scope with the person as actor.
Belonging read_belonging(db::Tx& tx) {
    Belonging out;
    for (const db::Row row : tx.query(sql::identity::list_memberships)) {
        const auto role = shape::parse_enum<access::Role>(row.get<std::string>("role"));
        CHECK_REQUEST(role.has_value());
        out.memberships.push_back({row.get<TeamId>("team_id"), *role, row.get<bool>("require_2fa"),
                                   row.get<bool>("sso_only")});
        tighten(out.idle_minutes, row.get<std::optional<std::int64_t>>("session_idle_minutes"));
        tighten(out.hours, row.get<std::optional<std::int64_t>>("session_hours"));
    }
    return out;
}

/// Whether the session is over by the limits of the installation or of one of the person's teams.
bool is_over(const api::SessionIdentity& session, const Belonging& belonging,
             std::chrono::hours idle_max, Time now) {
    Micros idle = idle_max;
    if (belonging.idle_minutes)
        idle = std::min(idle, Micros(std::chrono::minutes(*belonging.idle_minutes)));
    return session.last_used_at + idle < now ||
           (belonging.hours && session.created_at + std::chrono::hours(*belonging.hours) < now);
}

} // namespace

std::vector<access::Membership> list_memberships(db::Connection& connection, UserId user) {
    return db::transact(connection, {platform_team, user},
                        [](db::Tx& tx) { return read_belonging(tx).memberships; });
}

std::optional<Time> find_block(db::Connection& connection, const std::vector<Bytes>& keys) {
    return db::transact(connection, {}, [&](db::Tx& tx) {
        return tx.query_one(sql::identity::find_block, {{"keys", keys}})
            .get<std::optional<Time>>("blocked_until");
    });
}

std::optional<Time> take_attempt(db::Connection& connection, const Bytes& key) {
    return db::transact(connection, {}, [&](db::Tx& tx) {
        return tx.query_one(sql::identity::take_attempt, {{"key", key}})
            .get<std::optional<Time>>("blocked_until");
    });
}

void count_failure(db::Connection& connection, const std::vector<Bytes>& keys) {
    db::transact(connection, {}, [&](db::Tx& tx) {
        tx.query(sql::identity::count_failure, {{"keys", keys}});
    });
}

void clear_failures(db::Connection& connection, const std::vector<Bytes>& keys) {
    db::transact(connection, {}, [&](db::Tx& tx) {
        tx.query(sql::identity::clear_failures, {{"keys", keys}});
    });
}

std::optional<api::SessionIdentity> find_session(keyring::Keyring& keyring, const Clock& clock,
                                                 std::chrono::hours idle_max,
                                                 db::Connection& connection,
                                                 const crypto::Hash& token_hash) {
    return db::transact(connection, {}, [&](db::Tx& tx) -> std::optional<api::SessionIdentity> {
        const auto row =
            tx.query_optional(sql::identity::find_session, {{"token_hash", token_hash}});
        if (!row)
            return std::nullopt;
        api::SessionIdentity identity;
        identity.session = row->get<SessionId>("session_id");
        identity.user = row->get<UserId>("user_id");
        identity.created_at = row->get<Time>("created_at");
        identity.expires_at = row->get<Time>("expires_at");
        identity.last_used_at = row->get<Time>("last_used_at");
        identity.assured_at = row->get<Time>("assured_at");
        identity.second_factor = row->get<bool>("second_factor");
        identity.is_operator = row->get<bool>("is_operator");
        if (const auto person = open_person(keyring, identity.user, row->get<Bytes>("user_body")))
            identity.name = person->name;
        tx.enter({platform_team, identity.user});
        Belonging belonging = read_belonging(tx);
        if (is_over(identity, belonging, idle_max, clock.now()))
            return std::nullopt;
        if (identity.last_used_at + touch_interval < clock.now())
            tx.query(sql::identity::touch_session, {{"session_id", identity.session}});
        identity.memberships = std::move(belonging.memberships);
        // Whoever runs a team's provider can be any of its people: in that team and nowhere else.
        identity.sso_team = row->get<std::optional<TeamId>>("sso_team");
        if (identity.sso_team) {
            identity.is_operator = false;
            std::erase_if(identity.memberships, [&](const access::Membership& membership) {
                return membership.team != *identity.sso_team;
            });
        }
        return identity;
    });
}

} // namespace atalaya::identity

namespace atalaya::shape {
const Shape Described<identity::Person>::shape{"Person", identity::person_fields};
} // namespace atalaya::shape
