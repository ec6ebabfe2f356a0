-- name: insert_team
INSERT INTO app.teams (team_id, body) VALUES ($team_id, $body)

-- name: find_team
SELECT team_id, revision, created_at, updated_at, require_2fa, session_idle_minutes, session_hours, body
FROM app.teams WHERE team_id = $team_id

-- name: lock_team
-- Until the end of the transaction nobody else changes who belongs to the team.
SELECT team_id FROM app.teams WHERE team_id = $team_id FOR UPDATE

-- name: update_team
UPDATE app.teams SET body = $body, revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND revision = $revision

-- name: update_security
UPDATE app.teams
SET require_2fa = $require_2fa, session_idle_minutes = $session_idle_minutes, session_hours = $session_hours,
    revision = revision + 1, updated_at = now()
WHERE team_id = $team_id AND revision = $revision

-- name: insert_member
INSERT INTO idn.members (team_id, user_id, role) VALUES ($team_id, $user_id, $role)

-- name: list_members
SELECT user_id, role, joined_at,
       EXISTS (SELECT FROM app.sso_identities i WHERE i.team_id = m.team_id AND i.user_id = m.user_id) AS by_sso
FROM idn.members m WHERE team_id = $team_id

-- name: find_member
SELECT user_id, role, joined_at,
       EXISTS (SELECT FROM app.sso_identities i WHERE i.team_id = m.team_id AND i.user_id = m.user_id) AS by_sso
FROM idn.members m WHERE team_id = $team_id AND user_id = $user_id

-- name: update_member
UPDATE idn.members SET role = $role WHERE team_id = $team_id AND user_id = $user_id

-- name: delete_member
DELETE FROM idn.members WHERE team_id = $team_id AND user_id = $user_id

-- name: count_owners
SELECT count(*) AS owners FROM idn.members WHERE team_id = $team_id AND role = 'owner'

-- name: list_team_ids
SELECT team_id FROM ctl.team_directory ORDER BY team_id

-- name: insert_invitation
INSERT INTO app.invitations (team_id, id, role, email_index, token_hash, invited_by, expires_at, body)
VALUES ($team_id, $id, $role, $email_index, $token_hash, $invited_by, $expires_at, $body)

-- name: list_invitations
SELECT id, role, state, invited_by, created_at, expires_at, body FROM app.invitations WHERE team_id = $team_id

-- name: find_invitation
SELECT id, role, state, invited_by, created_at, expires_at, body FROM app.invitations
WHERE team_id = $team_id AND id = $id

-- name: look_up_invitation
SELECT team_id, id FROM idn.find_invitation($token_hash::bytea)

-- name: expire_invitation
-- One that nobody used in time keeps no place for its address.
UPDATE app.invitations SET state = 'expired'
WHERE team_id = $team_id AND email_index = $email_index AND state = 'open' AND expires_at <= $now

-- name: count_open_invitations
SELECT count(*) AS open FROM app.invitations WHERE team_id = $team_id AND state = 'open' AND expires_at > $now

-- name: renew_invitation
UPDATE app.invitations SET token_hash = $token_hash, expires_at = $expires_at
WHERE team_id = $team_id AND id = $id AND state = 'open'

-- name: close_invitation
UPDATE app.invitations SET state = $state WHERE team_id = $team_id AND id = $id AND state = 'open'

-- name: revoke_invitations_of
-- What somebody promised who may not promise it any more.
UPDATE app.invitations SET state = 'revoked'
WHERE team_id = $team_id AND invited_by = $user_id AND state = 'open' AND role = ANY ($roles::text[])
RETURNING id

-- name: list_teams_of
-- In the scope of no team, with the person as actor.
SELECT team_id FROM idn.members WHERE user_id = $user_id ORDER BY team_id
