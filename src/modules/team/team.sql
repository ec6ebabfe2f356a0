-- name: insert_team
INSERT INTO app.teams (team_id, body) VALUES ($team_id, $body)

-- name: find_team
SELECT team_id, revision, created_at, updated_at, require_2fa, body FROM app.teams WHERE team_id = $team_id

-- name: update_team
UPDATE app.teams SET body = $body, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND revision = $revision

-- name: insert_member
INSERT INTO idn.members (team_id, user_id, role) VALUES ($team_id, $user_id, $role)

-- name: list_members
SELECT user_id, role, joined_at FROM idn.members WHERE team_id = $team_id

-- name: list_team_ids
SELECT team_id FROM ctl.team_directory ORDER BY team_id
