-- name: insert_server
insert into app.servers (team_id, id, name_index, body) values ($team_id, $id, $name_index, $body)
returning revision, created_at, updated_at

-- name: list_servers
select s.id, s.revision, s.created_at, s.updated_at, s.body, t.token_hash is not null as has_token,
       r.first_seen_at, r.last_seen_at, r.agent_version, r.facts
from app.servers s
left join idn.agent_tokens t on t.team_id = s.team_id and t.server_id = s.id
left join app.server_states r on r.team_id = s.team_id and r.server_id = s.id
where s.team_id = $team_id

-- name: find_server
select s.id, s.revision, s.created_at, s.updated_at, s.body, t.token_hash is not null as has_token,
       r.first_seen_at, r.last_seen_at, r.agent_version, r.facts
from app.servers s
left join idn.agent_tokens t on t.team_id = s.team_id and t.server_id = s.id
left join app.server_states r on r.team_id = s.team_id and r.server_id = s.id
where s.team_id = $team_id and s.id = $id

-- name: update_server
update app.servers set body = $body, name_index = $name_index, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision
returning revision, updated_at

-- name: delete_server
delete from app.servers where team_id = $team_id and id = $id and revision = $revision

-- name: put_token
insert into idn.agent_tokens (team_id, server_id, token_hash) values ($team_id, $server_id, $token_hash)
on conflict (team_id, server_id) do update set token_hash = excluded.token_hash, created_at = now()

-- name: delete_token
delete from idn.agent_tokens where team_id = $team_id and server_id = $server_id

-- name: find_agent
select team_id, server_id from idn.find_agent($token_hash::bytea)

-- name: find_state
select first_seen_at from app.server_states where team_id = $team_id and server_id = $server_id

-- name: put_state
-- unaudited
insert into app.server_states as s (team_id, server_id, first_seen_at, last_seen_at, agent_version, dropped_ticks, facts)
values ($team_id, $server_id, $seen_at, $seen_at, $agent_version, $dropped_ticks, $facts)
on conflict (team_id, server_id) do update set
    last_seen_at = excluded.last_seen_at,
    agent_version = coalesce(excluded.agent_version, s.agent_version),
    dropped_ticks = excluded.dropped_ticks,
    facts = coalesce(excluded.facts, s.facts)
