-- name: insert_session
insert into idn.sessions (id, user_id, token_hash, expires_at, assured_at, remembered, second_factor, sso_team, body)
values ($id, $user_id, $token_hash, $expires_at, $assured_at, $remembered, $second_factor, $sso_team, $body)

-- name: list_sessions
select s.id, s.created_at, s.expires_at, s.remembered, coalesce(u.last_used_at, s.created_at) as last_used_at, s.body
from idn.sessions s left join idn.session_uses u on u.session_id = s.id
where s.user_id = $user_id and s.expires_at > now()

-- name: renew_session
update idn.sessions set token_hash = $token_hash, assured_at = $assured_at, second_factor = $second_factor
where id = $id and user_id = $user_id returning expires_at, remembered

-- name: assure_session
update idn.sessions set assured_at = $assured_at where id = $id and user_id = $user_id

-- name: delete_session
delete from idn.sessions where id = $id and user_id = $user_id

-- name: delete_expired_sessions
delete from idn.sessions where expires_at <= now() returning id

-- name: delete_other_sessions
delete from idn.sessions where user_id = $user_id and id <> $kept returning id
