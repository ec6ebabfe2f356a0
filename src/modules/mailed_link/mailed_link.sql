-- name: put_password_reset
-- unaudited
INSERT INTO idn.password_resets (user_id, token_hash, expires_at) VALUES ($user_id, $token_hash, $expires_at)
ON CONFLICT (user_id) DO UPDATE
SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = clock_timestamp()

-- name: look_up_password_reset
SELECT idn.find_password_reset($token_hash::bytea, $now::timestamptz) AS user_id

-- name: take_password_reset
-- unaudited
DELETE FROM idn.password_resets r USING idn.passwords p
WHERE r.user_id = $user_id AND r.token_hash = $token_hash AND r.expires_at > $now
  AND p.user_id = r.user_id AND p.changed_at <= r.created_at
RETURNING r.user_id

-- name: delete_password_reset
-- unaudited
DELETE FROM idn.password_resets WHERE user_id = $user_id

-- name: put_email_change
-- unaudited
INSERT INTO idn.email_changes AS c (user_id, old_token_hash, new_token_hash, expires_at, body)
VALUES ($user_id, $old_token_hash, $new_token_hash, $expires_at, $body)
ON CONFLICT (user_id) DO UPDATE
SET old_token_hash = excluded.old_token_hash, new_token_hash = excluded.new_token_hash, old_confirmed = false,
    new_confirmed = false, expires_at = excluded.expires_at, body = excluded.body

-- name: look_up_email_change
SELECT idn.find_email_change($token_hash::bytea, $now::timestamptz) AS user_id

-- name: confirm_email_change
-- unaudited
UPDATE idn.email_changes
SET old_confirmed = old_confirmed OR old_token_hash = $token_hash,
    new_confirmed = new_confirmed OR new_token_hash = $token_hash
WHERE user_id = $user_id AND expires_at > $now AND ($token_hash = old_token_hash OR $token_hash = new_token_hash)
RETURNING old_confirmed AND new_confirmed AS done, body

-- name: delete_email_change
-- unaudited
DELETE FROM idn.email_changes WHERE user_id = $user_id

-- name: delete_expired_resets
-- unaudited
DELETE FROM idn.password_resets WHERE expires_at <= $now

-- name: delete_expired_changes
-- unaudited
DELETE FROM idn.email_changes WHERE expires_at <= $now
