#include "modules/erasure/erasure.hpp"

#include "access/canary.hpp"
#include "base/problems.hpp"
#include "erasure_sql.hpp"
#include "modules/erasure/person.hpp"
#include "modules/identity/identity.hpp"
#include "modules/team/team.hpp"

namespace atalaya::erasure {
namespace {

shape::Json reasons(const Order& order) {
    shape::Json out =
        shape::Array{shape::json_object({{"field", "basis"},
                                         {"before", nullptr},
                                         {"after", shape::Json(shape::enum_name(order.basis))}})};
    if (!order.note.empty())
        out.push(shape::json_object(
            {{"field", "note"}, {"before", nullptr}, {"after", shape::Json(order.note)}}));
    return out;
}

void shut(db::Tx& tx, UserId person) {
    for (const db::Statement* const statement :
         {&sql::erasure::shut_account, &sql::erasure::delete_pending_logins,
          &sql::erasure::delete_password_resets, &sql::erasure::delete_email_changes,
          &sql::erasure::end_sessions})
        tx.defer(*statement, {{"person", person}});
}

} // namespace

Uuid begin(const Means& means, const Order& order) {
    db::Tx& tx = means.tx;
    const auto row = tx.query_optional(sql::erasure::find_person, {{"person", order.person}});
    if (!row || access::is_canary(order.person))
        throw Problem(problems::not_found);
    const Uuid id = means.random.uuid();
    std::optional<Bytes> body;
    if (const auto known =
            identity::open_person(means.keyring, order.person, row->get<Bytes>("body")))
        body = seal_sought(means.keyring, order.person, id, {known->name, known->email});
    if (tx.query(sql::erasure::insert_erasure, {{"id", id},
                                                {"person", order.person},
                                                {"basis", shape::enum_name(order.basis)},
                                                {"by_operator", order.by_operator},
                                                {"body", body}})
            .empty())
        throw Problem(problems::conflict).detail("This account is being erased already.");
    team::leave_all(tx, means.recorder, order.person);
    shut(tx, order.person);
    audit::Event event;
    event.action = "person.erase";
    event.resource_type = "erasure";
    event.resource_id = id;
    event.changes = reasons(order);
    means.recorder.add(platform_team, std::move(event));
    return id;
}

} // namespace atalaya::erasure
