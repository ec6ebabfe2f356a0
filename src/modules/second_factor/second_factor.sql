-- name: find_standing
select exists (select from idn.totp where user_id = $user_id and confirmed_at is not null) as enrolled,
       (select count(*) from idn.recovery_codes where user_id = $user_id and used_at is null) as codes_left

-- name: list_enrolled
select user_id from idn.totp where user_id = any ($ids::uuid[]) and confirmed_at is not null

-- name: put_seed
-- No row when a confirmed one is there.
insert into idn.totp as t (user_id, seed) values ($user_id, $seed)
on conflict (user_id) do update set seed = excluded.seed, last_step = 0, created_at = now()
where t.confirmed_at is null returning user_id

-- name: find_seed
select seed, last_step, confirmed_at is not null as confirmed from idn.totp where user_id = $user_id

-- name: lock_user
-- Nobody opens a session of this user until the transaction ends.
select id from idn.users where id = $user_id for update

-- name: confirm_seed
update idn.totp set confirmed_at = $confirmed_at, last_step = $step
where user_id = $user_id and seed = $seed and confirmed_at is null returning user_id

-- name: take_step
update idn.totp set last_step = $step
where user_id = $user_id and confirmed_at is not null and last_step < $step returning last_step

-- name: delete_totp
delete from idn.totp where user_id = $user_id returning user_id

-- name: delete_recovery_codes
delete from idn.recovery_codes where user_id = $user_id

-- name: insert_recovery_code
insert into idn.recovery_codes (user_id, number, hash) values ($user_id, $number, $hash)

-- name: find_recovery_code
select hash from idn.recovery_codes where user_id = $user_id and number = $number

-- name: take_recovery_code
update idn.recovery_codes set used_at = $used_at
where user_id = $user_id and number = $number and hash = $hash and used_at is null returning number

-- name: insert_pending_login
-- unaudited
insert into idn.pending_logins (token_hash, user_id, remember, by_sso, sso_team, expires_at)
values ($token_hash, $user_id, $remember, $by_sso, $sso_team, $expires_at)

-- name: find_pending_login
select user_id, remember, by_sso, sso_team from idn.pending_logins where token_hash = $token_hash and expires_at > $now

-- name: take_pending_login
-- unaudited
delete from idn.pending_logins where token_hash = $token_hash returning user_id

-- name: delete_old_pending_logins
-- unaudited
delete from idn.pending_logins where expires_at <= $now
