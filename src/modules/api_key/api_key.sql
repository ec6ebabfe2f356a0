-- name: insert_key
insert into app.api_keys (team_id, id, public_id, env, fingerprint, verifier, scopes, origin_indexes, created_by,
                          expires_at, body)
values ($team_id, $id, $public_id, $env, $fingerprint, $verifier, $scopes, $origin_indexes, $created_by,
        $expires_at, $body)
returning revision, created_at

-- name: list_keys
select k.id, k.public_id, k.env, k.state, k.fingerprint, k.scopes, k.created_by, k.revision, k.created_at,
       k.expires_at, k.body, m.user_id is not null as made_by_member, u.last_used_at, u.body as use_body
from app.api_keys k
left join idn.members m on m.team_id = k.team_id and m.user_id = k.created_by
left join app.api_key_uses u on u.team_id = k.team_id and u.key_id = k.id
where k.team_id = $team_id

-- name: find_key
select k.id, k.public_id, k.env, k.state, k.fingerprint, k.scopes, k.created_by, k.revision, k.created_at,
       k.expires_at, k.body, m.user_id is not null as made_by_member, u.last_used_at, u.body as use_body
from app.api_keys k
left join idn.members m on m.team_id = k.team_id and m.user_id = k.created_by
left join app.api_key_uses u on u.team_id = k.team_id and u.key_id = k.id
where k.team_id = $team_id and k.id = $id

-- name: update_key
update app.api_keys
set scopes = $scopes, origin_indexes = $origin_indexes, body = $body, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision

-- name: activate_key
update app.api_keys set state = 'active', revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and state = 'pending'

-- name: revoke_key
update app.api_keys set state = 'revoked', verifier = null, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and state <> 'revoked'

-- name: transfer_key
update app.api_keys set created_by = $user_id, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision and state = 'active'

-- name: discard_unacknowledged
delete from app.api_keys where team_id = $team_id and state = 'pending' and created_at < $before returning id

-- name: is_member
select exists (select from idn.members where team_id = $team_id and user_id = $user_id) as is_member

-- name: find_key_team
select team_id, key_id from idn.find_api_key($public_id::text)

-- name: get_standing
select state, fingerprint, verifier, scopes, created_by, expires_at, body, role, require_2fa
from idn.get_api_key($key_id::uuid)

-- name: get_maker
select open, second_factor from idn.get_key_maker($user_id::uuid)

-- name: is_origin
select idn.is_api_key_origin($origin_index::bytea) as known

-- name: note_use
-- writes
-- unaudited
select idn.note_api_key_use($key_id::uuid, $body::bytea)
