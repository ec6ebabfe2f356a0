-- name: insert_session
INSERT INTO idn.sessions (id, user_id, token_hash, expires_at, assured_at, remembered, second_factor, sso_team, body)
VALUES ($id, $user_id, $token_hash, $expires_at, $assured_at, $remembered, $second_factor, $sso_team, $body)

-- name: list_sessions
SELECT s.id, s.created_at, s.expires_at, s.remembered, coalesce(u.last_used_at, s.created_at) AS last_used_at, s.body
FROM idn.sessions s LEFT JOIN idn.session_uses u ON u.session_id = s.id
WHERE s.user_id = $user_id AND s.expires_at > now()

-- name: renew_session
UPDATE idn.sessions SET token_hash = $token_hash, assured_at = $assured_at, second_factor = $second_factor
WHERE id = $id AND user_id = $user_id RETURNING expires_at, remembered

-- name: assure_session
UPDATE idn.sessions SET assured_at = $assured_at WHERE id = $id AND user_id = $user_id

-- name: delete_session
DELETE FROM idn.sessions WHERE id = $id AND user_id = $user_id

-- name: delete_expired_sessions
DELETE FROM idn.sessions WHERE expires_at <= now() RETURNING id

-- name: delete_other_sessions
DELETE FROM idn.sessions WHERE user_id = $user_id AND id <> $kept RETURNING id
