-- name: find_connection
SELECT revision, created_at, updated_at, sso_only, body FROM app.sso_connections WHERE team_id = $team_id

-- name: lock_connection
SELECT revision FROM app.sso_connections WHERE team_id = $team_id FOR UPDATE

-- name: insert_connection
INSERT INTO app.sso_connections (team_id, sso_only, domain_indexes, body)
VALUES ($team_id, $sso_only, $domain_indexes, $body)

-- name: update_connection
UPDATE app.sso_connections
SET sso_only = $sso_only, domain_indexes = $domain_indexes, body = $body, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND revision = $revision

-- name: delete_connection
DELETE FROM app.sso_connections WHERE team_id = $team_id

-- name: find_team_of_domain
SELECT idn.find_sso_team($domain_index::bytea) AS team_id

-- name: find_identity
SELECT user_id FROM app.sso_identities WHERE team_id = $team_id AND identity_index = $identity_index

-- name: insert_identity
INSERT INTO app.sso_identities (team_id, identity_index, user_id) VALUES ($team_id, $identity_index, $user_id)
ON CONFLICT (team_id, identity_index) DO NOTHING

-- name: delete_identities
DELETE FROM app.sso_identities WHERE team_id = $team_id

-- name: take_arrival
-- unaudited
INSERT INTO idn.sso_arrivals (flow_id, expires_at) VALUES ($flow_id, $expires_at)
ON CONFLICT (flow_id) DO NOTHING

-- name: delete_old_arrivals
-- unaudited
DELETE FROM idn.sso_arrivals WHERE expires_at <= $now

-- name: end_sessions
DELETE FROM idn.sessions WHERE sso_team = $sso_team RETURNING user_id

-- name: find_standing
SELECT disabled_at IS NULL AS enabled FROM idn.users WHERE id = $user_id
