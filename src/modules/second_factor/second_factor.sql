-- name: find_standing
SELECT EXISTS (SELECT FROM idn.totp WHERE user_id = $user_id AND confirmed_at IS NOT NULL) AS enrolled,
       (SELECT count(*) FROM idn.recovery_codes WHERE user_id = $user_id AND used_at IS NULL) AS codes_left

-- name: list_enrolled
SELECT user_id FROM idn.totp WHERE user_id = ANY ($ids::uuid[]) AND confirmed_at IS NOT NULL

-- name: put_seed
-- No row when a confirmed one is there.
INSERT INTO idn.totp AS t (user_id, seed) VALUES ($user_id, $seed)
ON CONFLICT (user_id) DO UPDATE SET seed = excluded.seed, last_step = 0, created_at = now()
WHERE t.confirmed_at IS NULL RETURNING user_id

-- name: find_seed
SELECT seed, last_step, confirmed_at IS NOT NULL AS confirmed FROM idn.totp WHERE user_id = $user_id

-- name: lock_user
-- Nobody opens a session of this user until the transaction ends.
SELECT id FROM idn.users WHERE id = $user_id FOR UPDATE

-- name: confirm_seed
UPDATE idn.totp SET confirmed_at = $confirmed_at, last_step = $step
WHERE user_id = $user_id AND seed = $seed AND confirmed_at IS NULL RETURNING user_id

-- name: take_step
UPDATE idn.totp SET last_step = $step
WHERE user_id = $user_id AND confirmed_at IS NOT NULL AND last_step < $step RETURNING last_step

-- name: delete_totp
DELETE FROM idn.totp WHERE user_id = $user_id RETURNING user_id

-- name: delete_recovery_codes
DELETE FROM idn.recovery_codes WHERE user_id = $user_id

-- name: insert_recovery_code
INSERT INTO idn.recovery_codes (user_id, number, hash) VALUES ($user_id, $number, $hash)

-- name: find_recovery_code
SELECT hash FROM idn.recovery_codes WHERE user_id = $user_id AND number = $number

-- name: take_recovery_code
UPDATE idn.recovery_codes SET used_at = $used_at
WHERE user_id = $user_id AND number = $number AND hash = $hash AND used_at IS NULL RETURNING number

-- name: insert_pending_login
-- unaudited
INSERT INTO idn.pending_logins (token_hash, user_id, remember, by_sso, sso_team, expires_at)
VALUES ($token_hash, $user_id, $remember, $by_sso, $sso_team, $expires_at)

-- name: find_pending_login
SELECT user_id, remember, by_sso, sso_team FROM idn.pending_logins WHERE token_hash = $token_hash AND expires_at > $now

-- name: take_pending_login
-- unaudited
DELETE FROM idn.pending_logins WHERE token_hash = $token_hash RETURNING user_id

-- name: delete_old_pending_logins
-- unaudited
DELETE FROM idn.pending_logins WHERE expires_at <= $now
