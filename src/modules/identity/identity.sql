-- name: find_session
SELECT session_id, user_id, created_at, expires_at, last_used_at, assured_at, second_factor, is_operator, sso_team, user_body
FROM idn.find_session($token_hash::bytea)

-- name: list_memberships
SELECT team_id, role, require_2fa, session_idle_minutes, session_hours, sso_only FROM idn.list_memberships()

-- name: touch_session
-- writes
-- unaudited
SELECT idn.touch_session($session_id::uuid)

-- name: find_login
SELECT user_id, hash FROM idn.find_login($email_index::bytea)

-- name: find_block
SELECT idn.find_block($keys::bytea[]) AS blocked_until

-- name: count_failure
-- writes
-- unaudited
SELECT idn.count_failure($keys::bytea[])

-- name: take_attempt
-- writes
-- unaudited
SELECT idn.take_attempt($key::bytea) AS blocked_until

-- name: clear_failures
-- writes
-- unaudited
SELECT idn.clear_failures($keys::bytea[])

-- name: any_user
SELECT EXISTS (SELECT FROM idn.users WHERE id <> ALL ($canaries::uuid[])) AS present

-- name: insert_user
INSERT INTO idn.users (id, email_index, body) VALUES ($id, $email_index, $body)

-- name: find_user
SELECT id, revision, created_at, updated_at, body FROM idn.users WHERE id = $id

-- name: find_user_by_email
SELECT id FROM idn.users WHERE email_index = $email_index

-- name: list_users
SELECT id, body FROM idn.users WHERE id = ANY ($ids::uuid[])

-- name: list_disabled
SELECT id FROM idn.users WHERE id = ANY ($ids::uuid[]) AND disabled_at IS NOT NULL

-- name: update_user
UPDATE idn.users SET body = $body, revision = revision + 1, updated_at = now() WHERE id = $id

-- name: update_email
UPDATE idn.users SET email_index = $email_index, body = $body, revision = revision + 1, updated_at = now()
WHERE id = $id

-- name: insert_password
INSERT INTO idn.passwords (user_id, hash) VALUES ($user_id, $hash)

-- name: find_password
SELECT hash FROM idn.passwords WHERE user_id = $user_id

-- name: update_password
UPDATE idn.passwords SET hash = $hash, changed_at = now() WHERE user_id = $user_id
