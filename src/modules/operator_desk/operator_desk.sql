-- name: list_accounts
SELECT u.id, u.created_at, u.disabled_at, u.body,
       EXISTS (SELECT FROM idn.operators o WHERE o.user_id = u.id) AS is_operator,
       EXISTS (SELECT FROM idn.totp t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS second_factor
FROM idn.users u

-- name: find_account_by_email
SELECT id FROM idn.users WHERE email_index = $email_index

-- name: disable_account
UPDATE idn.users SET disabled_at = now() WHERE id = $user_id AND disabled_at IS NULL

-- name: enable_account
-- Not one that is being erased.
UPDATE idn.users SET disabled_at = NULL
WHERE id = $user_id AND disabled_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM idn.erasures e WHERE e.person = $user_id)

-- name: end_sessions
DELETE FROM idn.sessions WHERE user_id = $user_id

-- name: end_pending_logins
-- unaudited
DELETE FROM idn.pending_logins WHERE user_id = $user_id

-- name: insert_operator
INSERT INTO idn.operators (user_id) VALUES ($user_id) ON CONFLICT (user_id) DO NOTHING

-- name: delete_second_factor
DELETE FROM idn.totp WHERE user_id = $user_id

-- name: list_teams
SELECT team_id, created_at FROM idn.list_teams()

-- name: count_team
SELECT (SELECT count(*) FROM idn.members m WHERE m.team_id = $team_id) AS members,
       (SELECT count(*) FROM app.servers s WHERE s.team_id = $team_id) AS servers

-- name: insert_grant
-- All times are the database's: it is what decides who is let in.
INSERT INTO idn.break_glass (team_id, id, user_id, started_at, expires_at, body)
VALUES ($team_id, $id, $user_id, now(), now() + $minutes::integer * interval '1 minute', $body)
RETURNING started_at, expires_at

-- name: list_grants
SELECT team_id, id, started_at, expires_at, ended_at, expires_at > now() AND ended_at IS NULL AS active, body
FROM idn.break_glass WHERE team_id = $team_id

-- name: list_own_grants
SELECT team_id, id, started_at, expires_at, ended_at, expires_at > now() AND ended_at IS NULL AS active, body
FROM idn.break_glass WHERE user_id = $user_id

-- name: find_own_grant
SELECT team_id FROM idn.break_glass WHERE id = $id AND user_id = $user_id AND expires_at > now() AND ended_at IS NULL

-- name: end_grant
UPDATE idn.break_glass SET ended_at = now() WHERE team_id = $team_id AND id = $id AND ended_at IS NULL
