#include "modules/example/example.hpp"

namespace atalaya::example {
namespace {

using access::Permission;
using api::team_endpoint;
using api::Verb;

ExampleId example_of(const api::Call& call) { return call.path().id<ExampleId>("example"); }

constexpr api::Listing listing{{"name", "created_at", "updated_at"}, "name", {}};

api::Page<Example> list(api::Call& call) {
    return api::list_from(list_examples(call), call.query(), listing);
}

api::Created<Example> create(api::Call& call, const ExampleDraft& draft) {
    return {insert_example(call, draft)};
}

Example get(api::Call& call) { return get_example(call, example_of(call)); }

Example update(api::Call& call, const shape::Patch<ExampleDraft>& patch) {
    const Example before = get_example(call, example_of(call));
    call.check_revision(before.revision);
    ExampleDraft after{before.name, before.note};
    patch.apply_to(after);
    return update_example(call, before, after);
}

api::NoContent remove(api::Call& call) {
    const Example example = get_example(call, example_of(call));
    call.check_revision(example.revision);
    delete_example(call, example);
    return {};
}

constexpr std::array table{
    team_endpoint<list>(Verb::get, "/teams/{team}/examples", Permission::inventory_read,
                        "The team's examples.")
        .with_listing(listing),
    team_endpoint<create>(Verb::post, "/teams/{team}/examples", Permission::inventory_write,
                          "Add an example."),
    team_endpoint<get>(Verb::get, "/teams/{team}/examples/{example}", Permission::inventory_read,
                       "One example."),
    team_endpoint<update>(Verb::patch, "/teams/{team}/examples/{example}",
                          Permission::inventory_write, "Rename an example or change its note.")
        .with_revision(),
    team_endpoint<remove>(Verb::del, "/teams/{team}/examples/{example}",
                          Permission::inventory_write, "Remove an example.")
        .with_revision(),
};

} // namespace

std::span<const api::Endpoint> endpoints() { return table; }

} // namespace atalaya::example
