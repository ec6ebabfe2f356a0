-- name: insert_team
insert into app.teams (team_id, body) values ($team_id, $body)

-- name: find_team
select team_id, revision, created_at, updated_at, require_2fa, session_idle_minutes, session_hours, body
from app.teams where team_id = $team_id

-- name: lock_team
-- Until the end of the transaction nobody else changes who belongs to the team.
select team_id from app.teams where team_id = $team_id for update

-- name: update_team
update app.teams set body = $body, revision = revision + 1, updated_at = now()
where team_id = $team_id and revision = $revision

-- name: update_security
update app.teams
set require_2fa = $require_2fa, session_idle_minutes = $session_idle_minutes, session_hours = $session_hours,
    revision = revision + 1, updated_at = now()
where team_id = $team_id and revision = $revision

-- name: insert_member
insert into idn.members (team_id, user_id, role) values ($team_id, $user_id, $role)

-- name: list_members
select user_id, role, joined_at,
       exists (select from app.sso_identities i where i.team_id = m.team_id and i.user_id = m.user_id) as by_sso
from idn.members m where team_id = $team_id

-- name: find_member
select user_id, role, joined_at,
       exists (select from app.sso_identities i where i.team_id = m.team_id and i.user_id = m.user_id) as by_sso
from idn.members m where team_id = $team_id and user_id = $user_id

-- name: update_member
update idn.members set role = $role where team_id = $team_id and user_id = $user_id

-- name: delete_member
delete from idn.members where team_id = $team_id and user_id = $user_id

-- name: count_owners
select count(*) as owners from idn.members where team_id = $team_id and role = 'owner'

-- name: list_team_ids
select team_id from ctl.team_directory order by team_id

-- name: insert_invitation
insert into app.invitations (team_id, id, role, email_index, token_hash, invited_by, expires_at, body)
values ($team_id, $id, $role, $email_index, $token_hash, $invited_by, $expires_at, $body)

-- name: list_invitations
select id, role, state, invited_by, created_at, expires_at, body from app.invitations where team_id = $team_id

-- name: find_invitation
select id, role, state, invited_by, created_at, expires_at, body from app.invitations
where team_id = $team_id and id = $id

-- name: look_up_invitation
select team_id, id from idn.find_invitation($token_hash::bytea)

-- name: expire_invitation
-- One that nobody used in time keeps no place for its address.
update app.invitations set state = 'expired'
where team_id = $team_id and email_index = $email_index and state = 'open' and expires_at <= $now

-- name: count_open_invitations
select count(*) as open from app.invitations where team_id = $team_id and state = 'open' and expires_at > $now

-- name: renew_invitation
update app.invitations set token_hash = $token_hash, expires_at = $expires_at
where team_id = $team_id and id = $id and state = 'open'

-- name: close_invitation
update app.invitations set state = $state where team_id = $team_id and id = $id and state = 'open'

-- name: revoke_invitations_of
-- What somebody promised who may not promise it any more.
update app.invitations set state = 'revoked'
where team_id = $team_id and invited_by = $user_id and state = 'open' and role = any ($roles::text[])
returning id

-- name: list_teams_of
-- In the scope of no team, with the person as actor.
select team_id from idn.members where user_id = $user_id order by team_id
