-- name: find_person
select body from idn.users where id = $person for update

-- name: insert_erasure
insert into idn.erasures (id, person, basis, by_operator, body)
values ($id, $person, $basis, $by_operator, $body)
on conflict (person) do nothing
returning asked_at

-- name: shut_account
update idn.users set disabled_at = coalesce(disabled_at, now()) where id = $person

-- name: end_sessions
delete from idn.sessions where user_id = $person

-- name: delete_pending_logins
-- unaudited
delete from idn.pending_logins where user_id = $person

-- name: delete_password_resets
-- unaudited
delete from idn.password_resets where user_id = $person

-- name: delete_email_changes
-- unaudited
delete from idn.email_changes where user_id = $person

-- name: list_due
select id, person, basis, body from idn.erasures where person is not null order by asked_at, id

-- name: find_erasure
select id, basis, by_operator, asked_at, done_at from idn.erasures where id = $id

-- name: list_chains
select chain_id, bodies, tombstones from idn.erasure_chains where erasure_id = $id and bodies > 0 order by chain_id

-- name: begin_chain
-- unaudited
insert into idn.erasure_chains (erasure_id, chain_id) values ($id, $chain) on conflict do nothing

-- name: find_progress
select after_seq from idn.erasure_chains where erasure_id = $id and chain_id = $chain

-- name: advance
-- unaudited
update idn.erasure_chains set after_seq = $after where erasure_id = $id and chain_id = $chain

-- name: note_tombstone
-- unaudited
update idn.erasure_chains
set after_seq = $after, bodies = bodies + $bodies, tombstones = tombstones || $tombstone::bigint
where erasure_id = $id and chain_id = $chain

-- name: delete_sign_ons
delete from app.sso_identities where team_id = $team_id and user_id = $person

-- name: delete_openings
delete from idn.break_glass where team_id = $team_id and user_id = $person

-- name: delete_invitations
-- Of the person's address, whatever became of them.
delete from app.invitations where team_id = $team_id and email_index = $email_index

-- name: delete_attempts
-- unaudited
delete from idn.attempts where key = any ($keys::bytea[])

-- name: delete_person
-- Passwords, second factors, recovery codes and the operator's mark go along.
delete from idn.users where id = $person

-- name: finish
update idn.erasures set person = null, body = null, done_at = now() where id = $id and person is not null
