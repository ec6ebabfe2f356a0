-- name: insert_server
INSERT INTO app.servers (team_id, id, name_index, body) VALUES ($team_id, $id, $name_index, $body)
RETURNING revision, created_at, updated_at

-- name: list_servers
SELECT s.id, s.revision, s.created_at, s.updated_at, s.body, t.token_hash IS NOT NULL AS has_token,
       r.first_seen_at, r.last_seen_at, r.agent_version, r.facts
FROM app.servers s
LEFT JOIN idn.agent_tokens t ON t.team_id = s.team_id AND t.server_id = s.id
LEFT JOIN app.server_states r ON r.team_id = s.team_id AND r.server_id = s.id
WHERE s.team_id = $team_id

-- name: find_server
SELECT s.id, s.revision, s.created_at, s.updated_at, s.body, t.token_hash IS NOT NULL AS has_token,
       r.first_seen_at, r.last_seen_at, r.agent_version, r.facts
FROM app.servers s
LEFT JOIN idn.agent_tokens t ON t.team_id = s.team_id AND t.server_id = s.id
LEFT JOIN app.server_states r ON r.team_id = s.team_id AND r.server_id = s.id
WHERE s.team_id = $team_id AND s.id = $id

-- name: update_server
UPDATE app.servers SET body = $body, name_index = $name_index, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND revision = $revision
RETURNING revision, updated_at

-- name: delete_server
DELETE FROM app.servers WHERE team_id = $team_id AND id = $id AND revision = $revision

-- name: put_token
INSERT INTO idn.agent_tokens (team_id, server_id, token_hash) VALUES ($team_id, $server_id, $token_hash)
ON CONFLICT (team_id, server_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = now()

-- name: delete_token
DELETE FROM idn.agent_tokens WHERE team_id = $team_id AND server_id = $server_id

-- name: find_agent
SELECT team_id, server_id FROM idn.find_agent($token_hash::bytea)

-- name: find_state
SELECT first_seen_at FROM app.server_states WHERE team_id = $team_id AND server_id = $server_id

-- name: put_state
-- unaudited
INSERT INTO app.server_states AS s (team_id, server_id, first_seen_at, last_seen_at, agent_version, dropped_ticks, facts)
VALUES ($team_id, $server_id, $seen_at, $seen_at, $agent_version, $dropped_ticks, $facts)
ON CONFLICT (team_id, server_id) DO UPDATE SET
    last_seen_at = excluded.last_seen_at,
    agent_version = coalesce(excluded.agent_version, s.agent_version),
    dropped_ticks = excluded.dropped_ticks,
    facts = coalesce(excluded.facts, s.facts)
