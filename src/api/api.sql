-- name: find_answer
select request_hash, answer from app.idempotency
where team_id = $team_id and key_index = $key_index and created_at > now() - interval '24 hours'

-- name: put_answer
-- unaudited
insert into app.idempotency (team_id, key_index, request_hash, answer)
values ($team_id, $key_index, $request_hash, $answer)
on conflict (team_id, key_index) do update set
    request_hash = excluded.request_hash, answer = excluded.answer, created_at = now()
where idempotency.created_at <= now() - interval '24 hours'

-- name: delete_old_answers
-- unaudited
delete from app.idempotency where team_id = $team_id and created_at <= now() - interval '24 hours'
