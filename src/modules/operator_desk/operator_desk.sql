-- name: list_accounts
select u.id, u.created_at, u.disabled_at, u.body,
       exists (select from idn.operators o where o.user_id = u.id) as is_operator,
       exists (select from idn.totp t where t.user_id = u.id and t.confirmed_at is not null) as second_factor
from idn.users u

-- name: find_account_by_email
select id from idn.users where email_index = $email_index

-- name: disable_account
update idn.users set disabled_at = now() where id = $user_id and disabled_at is null

-- name: enable_account
-- Not one that is being erased.
update idn.users set disabled_at = null
where id = $user_id and disabled_at is not null
  and not exists (select from idn.erasures e where e.person = $user_id)

-- name: end_sessions
delete from idn.sessions where user_id = $user_id

-- name: end_pending_logins
-- unaudited
delete from idn.pending_logins where user_id = $user_id

-- name: insert_operator
insert into idn.operators (user_id) values ($user_id) on conflict (user_id) do nothing

-- name: delete_second_factor
delete from idn.totp where user_id = $user_id

-- name: list_teams
select team_id, created_at from idn.list_teams()

-- name: count_team
select (select count(*) from idn.members m where m.team_id = $team_id) as members,
       (select count(*) from app.servers s where s.team_id = $team_id) as servers

-- name: insert_grant
-- All times are the database's: it is what decides who is let in.
insert into idn.break_glass (team_id, id, user_id, started_at, expires_at, body)
values ($team_id, $id, $user_id, now(), now() + $minutes::integer * interval '1 minute', $body)
returning started_at, expires_at

-- name: list_grants
select team_id, id, started_at, expires_at, ended_at, expires_at > now() and ended_at is null as active, body
from idn.break_glass where team_id = $team_id

-- name: list_own_grants
select team_id, id, started_at, expires_at, ended_at, expires_at > now() and ended_at is null as active, body
from idn.break_glass where user_id = $user_id

-- name: find_own_grant
select team_id from idn.break_glass where id = $id and user_id = $user_id and expires_at > now() and ended_at is null

-- name: end_grant
update idn.break_glass set ended_at = now() where team_id = $team_id and id = $id and ended_at is null
