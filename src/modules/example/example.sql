-- name: insert_example
insert into app.examples (team_id, id, name_index, body) values ($team_id, $id, $name_index, $body)
returning id, revision, created_at, updated_at, body

-- name: list_examples
select id, revision, created_at, updated_at, body from app.examples where team_id = $team_id

-- name: find_example
select id, revision, created_at, updated_at, body from app.examples where team_id = $team_id and id = $id

-- name: update_example
update app.examples set body = $body, name_index = $name_index, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision
returning id, revision, created_at, updated_at, body

-- name: delete_example
delete from app.examples where team_id = $team_id and id = $id and revision = $revision
