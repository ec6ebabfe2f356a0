#include "modules/example/example.hpp"

#include "base/text.hpp"
#include "db/error.hpp"
#include "example_sql.hpp"
#include "keyring/keyring.hpp"
#include "shape/complete.hpp"

namespace atalaya::example {
namespace {

using shape::field;
using shape::length;
using shape::names_every_member;

constexpr std::string_view body_purpose = "example.body";
constexpr std::string_view name_purpose = "example.name";

constexpr std::array draft_fields{
    field<&ExampleDraft::name>("name", "Unique in the team, whatever its case.", length(1, 120)),
    field<&ExampleDraft::note>("note", "Free text.", length(0, 2000)),
};
static_assert(names_every_member<ExampleDraft>(draft_fields));

constexpr std::array example_fields{
    field<&Example::id>("id", "The example."),
    field<&Example::revision>("revision", "Grows with every change."),
    field<&Example::created_at>("created_at", "When it was added."),
    field<&Example::updated_at>("updated_at", "When it was last changed."),
    field<&Example::name>("name", "Unique in the team."),
    field<&Example::note>("note", "Free text."),
};
static_assert(names_every_member<Example>(example_fields));

/// What a client wrote, as it is stored: the index of the name, and everything sealed.
struct Sealed {
    crypto::Hash name_index;
    Bytes body;
};

Sealed seal(api::Call& call, ExampleId id, const ExampleDraft& draft) {
    const TeamId team = call.tx.scope().team;
    const std::string plain = shape::write_json(shape::to_json(draft));
    keyring::Keyring& keyring = call.services.keyring;
    return {keyring.blind_index(team, name_purpose, to_lower(draft.name)),
            keyring.seal(team, body_purpose, id, as_bytes(plain))};
}

Example read(api::Call& call, const db::Row& row) {
    const ExampleId id = row.get<ExampleId>("id");
    const auto plain = call.services.keyring.open_sealed(call.tx.scope().team, body_purpose, id,
                                                         row.get<Bytes>("body"));
    CHECK_REQUEST(plain.has_value());
    const auto draft = shape::read_stored<ExampleDraft>(shape::parse_json(as_text(*plain)).value());
    return {id,
            row.get<std::int64_t>("revision"),
            row.get<Time>("created_at"),
            row.get<Time>("updated_at"),
            draft.name,
            draft.note};
}

/// Turns the violated constraint into Problem `name_taken`; passes everything else on.
template <class Statement>
auto refusing_taken_name(Statement statement) {
    try {
        return statement();
    } catch (const db::Error& error) {
        if (error.constraint() == "examples_name") {
            throw Problem(problems::name_taken)
                .at("/name", "taken", "Another example of this team has this name.");
        }
        throw;
    }
}

} // namespace

Example insert_example(api::Call& call, const ExampleDraft& draft) {
    const ExampleId id(call.services.random.uuid());
    const Sealed sealed = seal(call, id, draft);
    const db::Row row = refusing_taken_name([&] {
        return call.tx.query_one(sql::example::insert_example, {{"team_id", call.tx.scope().team},
                                                                {"id", id},
                                                                {"name_index", sealed.name_index},
                                                                {"body", sealed.body}});
    });
    call.record("example.create", "example", id, shape::all_added(draft), draft.name);
    return read(call, row);
}

Example get_example(api::Call& call, ExampleId id) {
    const auto row = call.tx.query_optional(sql::example::find_example,
                                            {{"team_id", call.tx.scope().team}, {"id", id}});
    if (!row) {
        throw Problem(problems::not_found);
    }
    return read(call, *row);
}

std::vector<Example> list_examples(api::Call& call) {
    std::vector<Example> out;
    for (const db::Row row :
         call.tx.query(sql::example::list_examples, {{"team_id", call.tx.scope().team}})) {
        out.push_back(read(call, row));
    }
    return out;
}

Example update_example(api::Call& call, const Example& before, const ExampleDraft& after) {
    const Sealed sealed = seal(call, before.id, after);
    const auto row = refusing_taken_name([&] {
        return call.tx.query_optional(sql::example::update_example,
                                      {{"team_id", call.tx.scope().team},
                                       {"id", before.id},
                                       {"revision", before.revision},
                                       {"name_index", sealed.name_index},
                                       {"body", sealed.body}});
    });
    if (!row) {
        throw Problem(problems::stale_revision);
    }
    const ExampleDraft was{before.name, before.note};
    call.record("example.update", "example", before.id, shape::changes(was, after), after.name);
    return read(call, *row);
}

void delete_example(api::Call& call, const Example& example) {
    const db::Rows deleted = call.tx.query(
        sql::example::delete_example,
        {{"team_id", call.tx.scope().team}, {"id", example.id}, {"revision", example.revision}});
    if (deleted.affected() != 1) {
        throw Problem(problems::stale_revision);
    }
    const ExampleDraft was{example.name, example.note};
    call.record("example.delete", "example", example.id, shape::all_removed(was), example.name);
}

} // namespace atalaya::example

namespace atalaya::shape {
const Shape Described<example::ExampleDraft>::shape{"ExampleDraft", example::draft_fields};
const Shape Described<example::Example>::shape{"Example", example::example_fields};
} // namespace atalaya::shape
