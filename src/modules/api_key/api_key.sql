-- name: insert_key
INSERT INTO app.api_keys (team_id, id, public_id, env, fingerprint, verifier, scopes, origin_indexes, created_by,
                          expires_at, body)
VALUES ($team_id, $id, $public_id, $env, $fingerprint, $verifier, $scopes, $origin_indexes, $created_by,
        $expires_at, $body)
RETURNING revision, created_at

-- name: list_keys
SELECT k.id, k.public_id, k.env, k.state, k.fingerprint, k.scopes, k.created_by, k.revision, k.created_at,
       k.expires_at, k.body, m.user_id IS NOT NULL AS made_by_member, u.last_used_at, u.body AS use_body
FROM app.api_keys k
LEFT JOIN idn.members m ON m.team_id = k.team_id AND m.user_id = k.created_by
LEFT JOIN app.api_key_uses u ON u.team_id = k.team_id AND u.key_id = k.id
WHERE k.team_id = $team_id

-- name: find_key
SELECT k.id, k.public_id, k.env, k.state, k.fingerprint, k.scopes, k.created_by, k.revision, k.created_at,
       k.expires_at, k.body, m.user_id IS NOT NULL AS made_by_member, u.last_used_at, u.body AS use_body
FROM app.api_keys k
LEFT JOIN idn.members m ON m.team_id = k.team_id AND m.user_id = k.created_by
LEFT JOIN app.api_key_uses u ON u.team_id = k.team_id AND u.key_id = k.id
WHERE k.team_id = $team_id AND k.id = $id

-- name: update_key
UPDATE app.api_keys
SET scopes = $scopes, origin_indexes = $origin_indexes, body = $body, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND revision = $revision

-- name: activate_key
UPDATE app.api_keys SET state = 'active', revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND state = 'pending'

-- name: revoke_key
UPDATE app.api_keys SET state = 'revoked', verifier = NULL, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND state <> 'revoked'

-- name: transfer_key
UPDATE app.api_keys SET created_by = $user_id, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND id = $id AND revision = $revision AND state = 'active'

-- name: discard_unacknowledged
DELETE FROM app.api_keys WHERE team_id = $team_id AND state = 'pending' AND created_at < $before RETURNING id

-- name: is_member
SELECT EXISTS (SELECT FROM idn.members WHERE team_id = $team_id AND user_id = $user_id) AS is_member

-- name: find_key_team
SELECT team_id, key_id FROM idn.find_api_key($public_id::text)

-- name: get_standing
SELECT state, fingerprint, verifier, scopes, created_by, expires_at, body, role, require_2fa
FROM idn.get_api_key($key_id::uuid)

-- name: get_maker
SELECT open, second_factor FROM idn.get_key_maker($user_id::uuid)

-- name: is_origin
SELECT idn.is_api_key_origin($origin_index::bytea) AS known

-- name: note_use
-- writes
-- unaudited
SELECT idn.note_api_key_use($key_id::uuid, $body::bytea)
