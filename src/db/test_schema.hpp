// The little table that this room's tests work on, and its statements. For `*_pgtest.cpp` only.
#pragma once

#include "support/pgtest.hpp"

namespace atalaya::db::notes {

inline constexpr std::array<std::string_view, 2> id_and_body{"id", "body"};
inline constexpr std::array<std::string_view, 1> only_id{"id"};

inline constexpr Statement insert_note{
    "test.insert_note", "insert into app.notes (team_id, id, body) values (ctx.team(), $1, $2)",
    id_and_body, true};
inline constexpr Statement find_note{
    "test.find_note", "select id, body, team_id from app.notes where id = $1", only_id, false};
inline constexpr Statement count_notes{
    "test.count_notes", "select count(*) as count from app.notes", {}, false};
inline constexpr Statement read_scope{
    "test.read_scope", "select ctx.team() as team, ctx.actor() as actor", {}, false};
inline constexpr Statement kill_own_backend{
    "test.kill_own_backend",
    "select pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())",
    {},
    false};

/// A database with the table `app.notes`.
struct NotesDatabase : pgtest::TestDatabase {
    NotesDatabase() {
        as_superuser("set local role atalaya_owner;"
                     "create table app.notes (team_id uuid not null, id uuid primary key, body "
                     "text not null,"
                     "                        constraint notes_body unique (team_id, body));"
                     "select ctl.protect('app.notes')");
    }
};

inline Scope make_scope() {
    SystemRandom random;
    return {TeamId(random.uuid()), UserId(random.uuid())};
}

} // namespace atalaya::db::notes
