-- name: find_session
SELECT session_id, user_id, created_at, expires_at, last_used_at, user_body
FROM idn.find_session($token_hash::bytea)

-- name: list_memberships
SELECT team_id, role FROM idn.list_memberships()

-- name: touch_session
-- writes
SELECT idn.touch_session($session_id::uuid)

-- name: find_login
SELECT user_id, hash FROM idn.find_login($email_index::bytea)

-- name: find_block
SELECT idn.find_block($keys::bytea[]) AS blocked_until

-- name: count_failure
-- writes
SELECT idn.count_failure($keys::bytea[])

-- name: clear_failures
-- writes
SELECT idn.clear_failures($keys::bytea[])

-- name: any_user
SELECT EXISTS (SELECT FROM idn.users) AS present

-- name: insert_user
INSERT INTO idn.users (id, email_index, body) VALUES ($id, $email_index, $body)

-- name: find_user
SELECT id, revision, created_at, updated_at, body FROM idn.users WHERE id = $id

-- name: list_users
SELECT id, body FROM idn.users WHERE id = ANY ($ids::uuid[])

-- name: update_user
UPDATE idn.users SET body = $body, revision = revision + 1, updated_at = now() WHERE id = $id

-- name: insert_password
INSERT INTO idn.passwords (user_id, hash) VALUES ($user_id, $hash)

-- name: find_password
SELECT hash FROM idn.passwords WHERE user_id = $user_id

-- name: update_password
UPDATE idn.passwords SET hash = $hash, changed_at = now() WHERE user_id = $user_id

-- name: insert_session
INSERT INTO idn.sessions (id, user_id, token_hash, expires_at, body)
VALUES ($id, $user_id, $token_hash, $expires_at, $body)

-- name: list_sessions
SELECT s.id, s.created_at, s.expires_at, coalesce(u.last_used_at, s.created_at) AS last_used_at, s.body
FROM idn.sessions s LEFT JOIN idn.session_uses u ON u.session_id = s.id
WHERE s.user_id = $user_id AND s.expires_at > now()

-- name: delete_session
DELETE FROM idn.sessions WHERE id = $id AND user_id = $user_id

-- name: delete_expired_sessions
DELETE FROM idn.sessions WHERE expires_at <= now() RETURNING id

-- name: delete_other_sessions
DELETE FROM idn.sessions WHERE user_id = $user_id AND id <> $kept RETURNING id
