-- name: insert_example
INSERT INTO app.examples (team_id, id, name_index, body) VALUES ($team_id, $id, $name_index, $body)
RETURNING id, revision, created_at, updated_at, body

-- name: list_examples
SELECT id, revision, created_at, updated_at, body FROM app.examples WHERE team_id = $team_id

-- name: find_example
SELECT id, revision, created_at, updated_at, body FROM app.examples WHERE team_id = $team_id AND id = $id

-- name: update_example
UPDATE app.examples SET body = $body, name_index = $name_index, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND revision = $revision
RETURNING id, revision, created_at, updated_at, body

-- name: delete_example
DELETE FROM app.examples WHERE team_id = $team_id AND id = $id AND revision = $revision
