-- name: find_person
SELECT body FROM idn.users WHERE id = $person FOR UPDATE

-- name: insert_erasure
INSERT INTO idn.erasures (id, person, basis, by_operator, body)
VALUES ($id, $person, $basis, $by_operator, $body)
ON CONFLICT (person) DO NOTHING
RETURNING asked_at

-- name: shut_account
UPDATE idn.users SET disabled_at = coalesce(disabled_at, now()) WHERE id = $person

-- name: end_sessions
DELETE FROM idn.sessions WHERE user_id = $person

-- name: delete_pending_logins
-- unaudited
DELETE FROM idn.pending_logins WHERE user_id = $person

-- name: delete_password_resets
-- unaudited
DELETE FROM idn.password_resets WHERE user_id = $person

-- name: delete_email_changes
-- unaudited
DELETE FROM idn.email_changes WHERE user_id = $person

-- name: list_due
SELECT id, person, basis, body FROM idn.erasures WHERE person IS NOT NULL ORDER BY asked_at, id

-- name: find_erasure
SELECT id, basis, by_operator, asked_at, done_at FROM idn.erasures WHERE id = $id

-- name: list_chains
SELECT chain_id, bodies, tombstones FROM idn.erasure_chains WHERE erasure_id = $id AND bodies > 0 ORDER BY chain_id

-- name: begin_chain
-- unaudited
INSERT INTO idn.erasure_chains (erasure_id, chain_id) VALUES ($id, $chain) ON CONFLICT DO NOTHING

-- name: find_progress
SELECT after_seq FROM idn.erasure_chains WHERE erasure_id = $id AND chain_id = $chain

-- name: advance
-- unaudited
UPDATE idn.erasure_chains SET after_seq = $after WHERE erasure_id = $id AND chain_id = $chain

-- name: note_tombstone
-- unaudited
UPDATE idn.erasure_chains
SET after_seq = $after, bodies = bodies + $bodies, tombstones = tombstones || $tombstone::bigint
WHERE erasure_id = $id AND chain_id = $chain

-- name: delete_sign_ons
DELETE FROM app.sso_identities WHERE team_id = $team_id AND user_id = $person

-- name: delete_openings
DELETE FROM idn.break_glass WHERE team_id = $team_id AND user_id = $person

-- name: delete_invitations
-- Of the person's address, whatever became of them.
DELETE FROM app.invitations WHERE team_id = $team_id AND email_index = $email_index

-- name: delete_attempts
-- unaudited
DELETE FROM idn.attempts WHERE key = ANY ($keys::bytea[])

-- name: delete_person
-- Passwords, second factors, recovery codes and the operator's mark go along.
DELETE FROM idn.users WHERE id = $person

-- name: finish
UPDATE idn.erasures SET person = NULL, body = NULL, done_at = now() WHERE id = $id AND person IS NOT NULL
