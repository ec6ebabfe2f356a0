-- name: find_connection
select revision, created_at, updated_at, sso_only, body from app.sso_connections where team_id = $team_id

-- name: lock_connection
select revision from app.sso_connections where team_id = $team_id for update

-- name: insert_connection
insert into app.sso_connections (team_id, sso_only, domain_indexes, body)
values ($team_id, $sso_only, $domain_indexes, $body)

-- name: update_connection
update app.sso_connections
set sso_only = $sso_only, domain_indexes = $domain_indexes, body = $body, revision = revision + 1, updated_at = now()
where team_id = $team_id and revision = $revision

-- name: delete_connection
delete from app.sso_connections where team_id = $team_id

-- name: find_team_of_domain
select idn.find_sso_team($domain_index::bytea) as team_id

-- name: find_identity
select user_id from app.sso_identities where team_id = $team_id and identity_index = $identity_index

-- name: insert_identity
insert into app.sso_identities (team_id, identity_index, user_id) values ($team_id, $identity_index, $user_id)
on conflict (team_id, identity_index) do nothing

-- name: delete_identities
delete from app.sso_identities where team_id = $team_id

-- name: take_arrival
-- unaudited
insert into idn.sso_arrivals (flow_id, expires_at) values ($flow_id, $expires_at)
on conflict (flow_id) do nothing

-- name: delete_old_arrivals
-- unaudited
delete from idn.sso_arrivals where expires_at <= $now

-- name: end_sessions
delete from idn.sessions where sso_team = $sso_team returning user_id

-- name: find_standing
select disabled_at is null as enabled from idn.users where id = $user_id
