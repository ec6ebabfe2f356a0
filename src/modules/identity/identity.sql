-- name: find_session
select session_id, user_id, created_at, expires_at, last_used_at, assured_at, second_factor, is_operator, sso_team, user_body
from idn.find_session($token_hash::bytea)

-- name: list_memberships
select team_id, role, require_2fa, session_idle_minutes, session_hours, sso_only from idn.list_memberships()

-- name: touch_session
-- writes
-- unaudited
select idn.touch_session($session_id::uuid)

-- name: find_login
select user_id, hash from idn.find_login($email_index::bytea)

-- name: find_block
select idn.find_block($keys::bytea[]) as blocked_until

-- name: count_failure
-- writes
-- unaudited
select idn.count_failure($keys::bytea[])

-- name: take_attempt
-- writes
-- unaudited
select idn.take_attempt($key::bytea) as blocked_until

-- name: clear_failures
-- writes
-- unaudited
select idn.clear_failures($keys::bytea[])

-- name: any_user
select exists (select from idn.users where id <> all ($canaries::uuid[])) as present

-- name: insert_user
insert into idn.users (id, email_index, body) values ($id, $email_index, $body)

-- name: find_user
select id, revision, created_at, updated_at, body from idn.users where id = $id

-- name: find_user_by_email
select id from idn.users where email_index = $email_index

-- name: list_users
select id, body from idn.users where id = any ($ids::uuid[])

-- name: list_disabled
select id from idn.users where id = any ($ids::uuid[]) and disabled_at is not null

-- name: update_user
update idn.users set body = $body, revision = revision + 1, updated_at = now() where id = $id

-- name: update_email
update idn.users set email_index = $email_index, body = $body, revision = revision + 1, updated_at = now()
where id = $id

-- name: insert_password
insert into idn.passwords (user_id, hash) values ($user_id, $hash)

-- name: find_password
select hash from idn.passwords where user_id = $user_id

-- name: update_password
update idn.passwords set hash = $hash, changed_at = now() where user_id = $user_id
