-- name: open_chain
-- writes
-- unaudited
select aud.open_chain($team);

-- name: append
-- writes
-- unaudited
select aud.append($seq, $event_id, $occurred_at_us, $action, $outcome, $actor_kind, $resource_type, $resource_id,
                  $commits, $subject, $detail, $seal) as row_hash;

-- name: tombstone
-- writes
-- unaudited
select aud.tombstone($erased_seq, $part, $by_seq);

-- name: find_head
-- Of the team in whose scope the transaction is.
select seq, hash from aud.heads where team_id = (select ctx.team()) and lane = 0;

-- name: find_extent
-- The head and the last event, in one snapshot.
select h.seq, h.hash,
       coalesce((select max(e.seq) from aud.events e where e.team_id = h.team_id and e.lane = h.lane), 0) as last_seq
from aud.heads h
where h.team_id = (select ctx.team()) and h.lane = 0;

-- The limits in the joins below make each payload one look-up by the whole key, whatever the planner believes about the
-- table. Without them, and before the first ANALYZE, it reads all payloads of the team again for each event.

-- name: list_events
-- Newest first, below $before. A filter that is null lets everything through.
select e.seq, e.event_id, e.occurred_at, e.action, e.outcome, e.actor_kind, e.resource_type, e.resource_id,
       e.header, e.commits, e.prev_hash, e.row_hash, e.seal,
       s.sealed as subject, s.erased_by_seq as subject_erased_by,
       d.sealed as detail, d.erased_by_seq as detail_erased_by
from aud.events e
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 0 limit 1) s on true
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 1 limit 1) d on true
where e.team_id = (select ctx.team()) and e.lane = 0 and e.seq < $before
  and ($action::text is null or e.action = $action)
  and ($action_prefix::text is null or starts_with(e.action, $action_prefix))
  and ($outcome::smallint is null or e.outcome = $outcome)
  and ($resource_type::text is null or e.resource_type = $resource_type)
  and ($resource_id::uuid is null or e.resource_id = $resource_id)
  and ($from::timestamptz is null or e.occurred_at >= $from)
  and ($to::timestamptz is null or e.occurred_at < $to)
  and ($actor_prefix::bytea is null or substring(s.sealed for 17) = $actor_prefix)
order by e.seq desc
limit $limit;

-- name: list_links
-- Oldest first, above $after: for following the chain.
select e.seq, e.event_id, e.occurred_at, e.action, e.outcome, e.actor_kind, e.resource_type, e.resource_id,
       e.header, e.commits, e.prev_hash, e.row_hash, e.seal,
       s.sealed as subject, s.erased_by_seq as subject_erased_by,
       d.sealed as detail, d.erased_by_seq as detail_erased_by
from aud.events e
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 0 limit 1) s on true
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 1 limit 1) d on true
where e.team_id = (select ctx.team()) and e.lane = 0 and e.seq > $after
order by e.seq
limit $limit;

-- name: find_row_hash
select row_hash from aud.events where team_id = (select ctx.team()) and lane = 0 and seq = $seq;
