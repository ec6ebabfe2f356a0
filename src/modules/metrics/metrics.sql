-- name: insert_retention_rule
insert into app.retention_rules (team_id, id, prefix_index, days, body)
values ($team_id, $id, $prefix_index, $days, $body)
returning id, revision, created_at, updated_at, days::bigint as days, body

-- name: list_retention_rules
select id, revision, created_at, updated_at, days::bigint as days, body from app.retention_rules where team_id = $team_id

-- name: find_retention_rule
select id, revision, created_at, updated_at, days::bigint as days, body
from app.retention_rules where team_id = $team_id and id = $id

-- name: update_retention_rule
update app.retention_rules
set body = $body, prefix_index = $prefix_index, days = $days, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision
returning id, revision, created_at, updated_at, days::bigint as days, body

-- name: delete_retention_rule
delete from app.retention_rules where team_id = $team_id and id = $id and revision = $revision
