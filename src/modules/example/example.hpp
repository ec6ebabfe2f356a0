// Examples: a name and a note, belonging to a team. What other modules may call stands here.
//
// Functions run in the caller's transaction, in the team's scope. Name and note lie sealed under
// the team's key.
#pragma once

#include "api/endpoint.hpp"

namespace atalaya::example {

using ExampleId = Id<struct ExampleTag>;

/// What a client may write.
struct ExampleDraft {
    std::string name;
    std::optional<std::string> note;
};

struct Example {
    ExampleId id;
    std::int64_t revision = 0;
    Time created_at;
    Time updated_at;
    std::string name;
    std::optional<std::string> note;
};

std::span<const api::Endpoint> endpoints();

/// Throws Problem `name_taken`.
Example insert_example(api::Call& call, const ExampleDraft& draft);
/// Throws Problem `not_found`.
Example get_example(api::Call& call, ExampleId id);
std::vector<Example> list_examples(api::Call& call);
/// Throws Problem `stale_revision` when somebody else was faster, `name_taken`.
Example update_example(api::Call& call, const Example& before, const ExampleDraft& after);
/// Throws Problem `stale_revision` when somebody else was faster.
void delete_example(api::Call& call, const Example& example);

} // namespace atalaya::example

namespace atalaya::shape {
template <>
struct Described<example::ExampleDraft> {
    static const Shape shape;
};
template <>
struct Described<example::Example> {
    static const Shape shape;
};
} // namespace atalaya::shape
