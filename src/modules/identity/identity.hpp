// People, their passwords and sessions, as data: what the account endpoints and other modules build
// on.
//
// Functions run on the thread of their transaction. Writing and reading of people is done in the
// platform's scope with the person as actor. Names, addresses and browsers lie sealed under the
// person's key and are opened here only.
#pragma once

#include "api/call.hpp"
#include "api/identities.hpp"
#include "crypto/password.hpp"
#include "shape/field.hpp"

#include <chrono>
#include <map>
#include <set>

namespace atalaya::identity {

/// The sealed body of a user.
struct Person {
    std::string name;
    std::string email;
};

struct Account {
    UserId id;
    Person person;
    Time created_at;
};

/// The sealed body of a session: whence it was opened.
struct Device {
    std::optional<std::string> ip;
    std::optional<std::string> user_agent;
};

struct Session {
    SessionId id;
    Device device;
    Time created_at, last_used_at, expires_at;
    bool remembered = false;
};

/// The blind index under which an address is unique: case does not tell addresses apart.
crypto::Hash email_index(keyring::Keyring& keyring, std::string_view email);

/// Whether anybody has an account.
bool has_users(db::Tx& tx);
/// Throws Problem `email_taken`. The person's key must exist.
void insert_user(api::Call& call, UserId user, const Person& person,
                 const std::string& password_hash);
/// The body of a row of idn.users; absent when the person's key is gone.
std::optional<Person> open_person(keyring::Keyring& keyring, UserId user, const Bytes& body);
/// Who has this address. Leaves the scope as it was.
std::optional<UserId> find_user(api::Call& call, std::string_view email);
Account get_account(api::Call& call, UserId user);
void update_person(api::Call& call, UserId user, const Person& person);
/// The same with another address. Throws Problem `email_taken`.
void update_email(api::Call& call, UserId user, const Person& person);
/// People whose key is gone are missing. Leaves the scope as it was.
std::map<UserId, Person> list_people(api::Call& call, const std::vector<UserId>& users);

/// Which of them an operator keeps shut. Leaves the scope as it was.
std::set<UserId> list_disabled(api::Call& call, const std::vector<UserId>& users);

/// Stands where a hash would for who has no password: it verifies nothing.
inline constexpr const char* no_password = "!";
std::string get_password_hash(db::Tx& tx, UserId user);
void update_password_hash(db::Tx& tx, UserId user, const std::string& hash);

/// How somebody came in.
struct Opening {
    bool remembered = false;    ///< the cookie outlives the browser
    bool second_factor = false; ///< with a second factor; an account that has one gets in so only
    bool by_sso = false;        ///< a provider vouched for the person
    std::optional<TeamId> sso_team = {}; ///< a team's own provider: the session sees no other team
    std::optional<Time> assured_at = {}; ///< when the person proved to be there; absent: now
};
/// `token` goes into the cookie and nowhere else.
struct NewSession {
    SessionId id;
    std::string token;
    Time expires_at;
    bool remembered = false;
};
/// Opens a session for the caller's device.
NewSession insert_session(api::Call& call, UserId user, const Opening& opening);
struct Opened {
    Account account;
    NewSession session;
};
/// Signs the user in, on the record of the platform and of every team that the session sees.
/// `prove` runs first in the same transaction and throws what stands against it.
Opened open_session(api::SlowCall& call, UserId user, const Opening& opening,
                    const std::function<void(api::Call&)>& prove);
/// Gives the caller's session another token: whoever copied the old one is out. The person counts
/// as present.
NewSession renew_session(api::Call& call, bool second_factor);
/// Notes that the person at the caller's session has just proved to be present.
void assure_session(api::Call& call);
net::Header session_cookie(const api::Services& services, const NewSession& session);
net::Header ended_session_cookie();
std::vector<Session> list_sessions(api::Call& call, UserId user);
/// False when the user has no such session.
bool delete_session(db::Tx& tx, UserId user, SessionId session);
/// Ends the user's sessions but this one (nil: every one); gives how many. They are dead at once
/// after the COMMIT.
std::size_t delete_other_sessions(api::Call& call, UserId user, SessionId kept);

/// Removes what has ended by itself, on the platform's record. Gives the number.
std::int64_t delete_expired_sessions(api::Call& call);

// Passwords. All but check_password take a fifth of a second.

/// Whose new password it is.
struct PasswordOwner {
    Person person;
    bool second_factor = false;     ///< then a shorter one will do
    std::vector<std::string> teams; ///< their names
};
/// The least number of characters.
std::int64_t password_length_min(const config::Config& config, bool second_factor);
/// Throws Problem `invalid` with the pointer when the password breaks a rule.
void check_password(const api::Services& services, std::string_view password,
                    const PasswordOwner& owner, const std::string& pointer);
std::string hash_password(const api::Services& services, std::string_view password);
crypto::Verdict verify_password(const api::Services& services, const std::string& stored,
                                std::string_view password);
/// The caller's own password, as proof of being present. Throws Problem `invalid` with the pointer
/// when it is another, and `too_many_requests` after a few of those.
void prove_password(api::SlowCall& call, std::string_view password, const std::string& pointer);

// Attempts at what a known user must prove. Each is counted before it is judged.

/// Throws Problem `too_many_requests` when there were too many. `what` names the counter.
void take_attempt(api::SlowCall& call, std::string_view what, UserId user);
void forget_attempts(api::SlowCall& call, std::string_view what, UserId user);

// Before the caller is known: on a connection of the auth role, each in a transaction of its own.

struct Login {
    UserId user;
    std::string password_hash;
};
std::optional<Login> find_login(db::Connection& connection, const crypto::Hash& email_index);
std::vector<access::Membership> list_memberships(db::Connection& connection, UserId user);
/// Until when attempts under any of these keys are refused.
std::optional<Time> find_block(db::Connection& connection, const std::vector<Bytes>& keys);
/// Counts one attempt and gives nullopt, or until when there is none to take.
std::optional<Time> take_attempt(db::Connection& connection, const Bytes& key);
void count_failure(db::Connection& connection, const std::vector<Bytes>& keys);
void clear_failures(db::Connection& connection, const std::vector<Bytes>& keys);
/// The look-up behind a session cookie; also notes the time of use, once a minute.
std::optional<api::SessionIdentity> find_session(keyring::Keyring& keyring, const Clock& clock,
                                                 std::chrono::hours idle_max,
                                                 db::Connection& connection,
                                                 const crypto::Hash& token_hash);

} // namespace atalaya::identity

namespace atalaya::shape {
template <>
struct Described<identity::Person> {
    static const Shape shape;
};
template <>
struct Described<identity::Device> {
    static const Shape shape;
};
} // namespace atalaya::shape
