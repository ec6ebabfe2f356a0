-- name: insert_stream
insert into app.audit_streams (team_id, id, kind, body) values ($team_id, $id, $kind, $body)
returning revision, created_at;

-- name: insert_progress
-- unaudited
insert into app.audit_stream_progress (team_id, stream_id, delivered_seq)
select h.team_id, $id, case when $from_start then 0 else h.seq end
from aud.heads h where h.team_id = $team_id and h.lane = 0;

-- name: list_streams
select s.id, s.kind, s.paused, s.revision, s.created_at, s.body, p.delivered_seq, p.delivered_at, p.attempts,
       p.failing_since, p.next_try_at, p.failure, p.test_asked_at, p.tested_at, p.test_failure, h.seq as head_seq
from app.audit_streams s
join app.audit_stream_progress p on p.team_id = s.team_id and p.stream_id = s.id
join aud.heads h on h.team_id = s.team_id and h.lane = 0
where s.team_id = (select ctx.team()) and ($id::uuid is null or s.id = $id)
order by s.created_at, s.id;

-- name: update_stream
update app.audit_streams set paused = $paused, body = $body, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and revision = $revision;

-- name: delete_stream
delete from app.audit_streams where team_id = $team_id and id = $id;

-- name: ask_for_test
-- unaudited
update app.audit_stream_progress set test_asked_at = $now where team_id = $team_id and stream_id = $id;

-- name: try_again_now
-- unaudited
update app.audit_stream_progress set attempts = 0, failing_since = null, failure = null, next_try_at = now()
where team_id = $team_id and stream_id = $id;

-- name: note_delivery
-- unaudited
update app.audit_stream_progress
set delivered_seq = greatest(delivered_seq, $delivered_seq), delivered_at = $now, attempts = 0, failing_since = null,
    failure = null, next_try_at = $now
where team_id = $team_id and stream_id = $id;

-- name: note_failure
-- unaudited
update app.audit_stream_progress
set attempts = attempts + 1, failing_since = coalesce(failing_since, $now), failure = $failure, next_try_at = $next_try_at
where team_id = $team_id and stream_id = $id;

-- name: note_test
-- unaudited
update app.audit_stream_progress set test_asked_at = null, tested_at = $now, test_failure = $failure
where team_id = $team_id and stream_id = $id;

-- name: pause_stream
update app.audit_streams set paused = true, revision = revision + 1, updated_at = now()
where team_id = $team_id and id = $id and not paused;

-- name: insert_witness
insert into app.audit_witnesses (team_id, id, body) values ($team_id, $id, $body);

-- name: insert_witness_progress
-- unaudited
insert into app.audit_witness_progress (team_id, witness_id) values ($team_id, $id);

-- name: list_witnesses
select w.id, w.revision, w.created_at, w.body, p.origin, p.size, p.cosigned_at, p.attempts, p.failing_since, p.next_try_at,
       p.failure, p.refused
from app.audit_witnesses w
join app.audit_witness_progress p on p.team_id = w.team_id and p.witness_id = w.id
where w.team_id = (select ctx.team()) and ($id::uuid is null or w.id = $id)
order by w.created_at, w.id;

-- name: delete_witness
delete from app.audit_witnesses where team_id = $team_id and id = $id;

-- name: note_cosigned
-- unaudited
update app.audit_witness_progress
set origin = $origin, size = $size, cosigned_at = $now, attempts = 0, failing_since = null, failure = null,
    refused = false, next_try_at = $now
where team_id = $team_id and witness_id = $id;

-- name: note_not_cosigned
-- unaudited
update app.audit_witness_progress
set attempts = attempts + 1, failing_since = coalesce(failing_since, $now), failure = $failure, refused = $refused,
    next_try_at = $next_try_at
where team_id = $team_id and witness_id = $id;

-- name: find_digest
select day from idn.audit_digests where day = $day;

-- name: insert_digest
-- unaudited
insert into idn.audit_digests (day, queued_at) values ($day, $queued_at) on conflict do nothing;
