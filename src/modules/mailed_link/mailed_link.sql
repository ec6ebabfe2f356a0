-- name: put_password_reset
-- unaudited
insert into idn.password_resets (user_id, token_hash, expires_at) values ($user_id, $token_hash, $expires_at)
on conflict (user_id) do update
set token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = clock_timestamp()

-- name: look_up_password_reset
select idn.find_password_reset($token_hash::bytea, $now::timestamptz) as user_id

-- name: take_password_reset
-- unaudited
delete from idn.password_resets r using idn.passwords p
where r.user_id = $user_id and r.token_hash = $token_hash and r.expires_at > $now
  and p.user_id = r.user_id and p.changed_at <= r.created_at
returning r.user_id

-- name: delete_password_reset
-- unaudited
delete from idn.password_resets where user_id = $user_id

-- name: put_email_change
-- unaudited
insert into idn.email_changes as c (user_id, old_token_hash, new_token_hash, expires_at, body)
values ($user_id, $old_token_hash, $new_token_hash, $expires_at, $body)
on conflict (user_id) do update
set old_token_hash = excluded.old_token_hash, new_token_hash = excluded.new_token_hash, old_confirmed = false,
    new_confirmed = false, expires_at = excluded.expires_at, body = excluded.body

-- name: look_up_email_change
select idn.find_email_change($token_hash::bytea, $now::timestamptz) as user_id

-- name: confirm_email_change
-- unaudited
update idn.email_changes
set old_confirmed = old_confirmed or old_token_hash = $token_hash,
    new_confirmed = new_confirmed or new_token_hash = $token_hash
where user_id = $user_id and expires_at > $now and ($token_hash = old_token_hash or $token_hash = new_token_hash)
returning old_confirmed and new_confirmed as done, body

-- name: delete_email_change
-- unaudited
delete from idn.email_changes where user_id = $user_id

-- name: delete_expired_resets
-- unaudited
delete from idn.password_resets where expires_at <= $now

-- name: delete_expired_changes
-- unaudited
delete from idn.email_changes where expires_at <= $now
