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
select aud.tombstone($seqs, $parts, $by_seq);

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
-- Newest first, below $before.
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
order by e.seq desc
limit $limit;

-- name: list_events_at
-- Those with these numbers, newest first.
select e.seq, e.event_id, e.occurred_at, e.action, e.outcome, e.actor_kind, e.resource_type, e.resource_id,
       e.header, e.commits, e.prev_hash, e.row_hash, e.seal,
       s.sealed as subject, s.erased_by_seq as subject_erased_by,
       d.sealed as detail, d.erased_by_seq as detail_erased_by
from aud.events e
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 0 limit 1) s on true
left join lateral (select p.sealed, p.erased_by_seq from aud.payloads p
                   where p.team_id = e.team_id and p.lane = e.lane and p.seq = e.seq and p.part = 1 limit 1) d on true
where e.team_id = (select ctx.team()) and e.lane = 0 and e.seq = any ($seqs::bigint[])
order by e.seq desc;

-- name: list_events_after
-- Oldest first, above $after.
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

-- name: list_links
-- Oldest first, above $after: for following the chain. What they say is in list_payloads.
select e.seq, e.event_id, e.occurred_at, e.action, e.outcome, e.actor_kind, e.resource_type, e.resource_id,
       e.header, e.commits, e.prev_hash, e.row_hash, e.seal
from aud.events e
where e.team_id = (select ctx.team()) and e.lane = 0 and e.seq > $after
order by e.seq
limit $limit;

-- name: list_payloads
-- One stretch of the index instead of two look-ups for each event.
select p.seq, p.part, p.sealed, p.erased_by_seq
from aud.payloads p
where p.team_id = (select ctx.team()) and p.lane = 0 and p.seq > $after and p.seq <= $until
order by p.seq, p.part;

-- name: list_headers
-- Newest first, below $before: what is hashed, without what it commits to.
select e.seq, e.header, e.commits, e.prev_hash, e.row_hash
from aud.events e
where e.team_id = (select ctx.team()) and e.lane = 0 and e.seq < $before
order by e.seq desc
limit $limit;

-- name: find_row_hash
select row_hash from aud.events where team_id = (select ctx.team()) and lane = 0 and seq = $seq;

-- name: find_block_to_index
-- The newest whole block of events that the search index lacks.
select g.block
from aud.heads h
cross join lateral generate_series(h.seq / $block_size::bigint - 1, 0, -1) as g (block)
where h.team_id = (select ctx.team()) and h.lane = 0
  and not exists (select from app.audit_search s
                  where s.team_id = h.team_id and s.lane = 0 and s.block = g.block and s.owner = $team_owner)
limit 1;

-- name: insert_section
-- unaudited
insert into app.audit_search (team_id, block, owner, oldest_at, newest_at, tokens, places)
values ($team_id, $block, $owner, $oldest_at, $newest_at, $tokens, $places)
on conflict do nothing;

-- name: lock_index
-- Until the end of the transaction: what is erased and what is indexed come one after the other.
select pg_advisory_xact_lock(hashtext('audit_search'), hashtext((select ctx.team())::text));

-- name: delete_blocks
-- unaudited
delete from app.audit_search where team_id = (select ctx.team()) and lane = 0 and block = any ($blocks::bigint[]);

-- name: list_sections
-- Newest first. Without tokens where no event of the block lies in the time that is asked for.
select s.block, s.owner, i.in_time, case when i.in_time and $with_tokens then s.tokens end as tokens
from app.audit_search s
cross join lateral (select ($from::timestamptz is null or s.newest_at >= $from)
                       and ($to::timestamptz is null or s.oldest_at < $to) as in_time) i
where s.team_id = (select ctx.team()) and s.lane = 0 and s.block between $lowest and $highest
order by s.block desc;

-- name: list_places
select s.owner, s.places from app.audit_search s
where s.team_id = (select ctx.team()) and s.lane = 0 and s.block = $block and s.owner = any ($owners::bytea[]);

-- The next five as atalaya_signer.

-- name: signer_heads
select team_id, lane, seq, hash, published, published_root from aud.signer_heads();

-- name: signer_rows
select team_id, lane, seq, header, commits, prev_hash, row_hash
from aud.signer_rows($teams, $lanes, $froms, $most);

-- name: publish_checkpoints
-- writes
-- unaudited
select aud.publish_checkpoints($teams, $lanes, $sizes, $roots, $row_hashes, $notes, $vkeys, $log_indexes);

-- name: set_alarms
-- writes
-- unaudited
select aud.set_alarms($teams, $lanes, $seqs, $reasons);

-- name: publish_rotations
-- writes
-- unaudited
select aud.publish_rotations($notes);

-- What lies there of checkpoints, in the scope of the team (lane 0) or of no team.

-- name: list_checkpoints
-- Newest first, below $before; each note with what witnesses signed under it.
select k.size, k.root, k.row_hash, k.vkey, k.log_index, k.made_at,
       k.note || coalesce((select string_agg(c.line, '' order by c.witness) from app.audit_cosignatures c
                           where c.team_id = k.team_id and c.lane = k.lane and c.size = k.size and c.vkey = k.vkey), '')
           as note
from aud.checkpoints k
where k.team_id = (select ctx.team()) and k.lane = $lane and k.size < $before
order by k.size desc, k.made_at desc
limit $limit;

-- name: insert_cosignature
-- unaudited
insert into app.audit_cosignatures (team_id, size, vkey, witness, line, cosigned_at)
values ($team_id, $size, $vkey, $witness, $line, $cosigned_at)
on conflict do nothing;

-- name: insert_stamp
-- unaudited
insert into app.audit_stamps (team_id, size, vkey, stamped_at, place, tree_size, proof, token)
values ($team_id, $size, $vkey, $stamped_at, $place, $tree_size, $proof, $token)
on conflict do nothing;

-- name: list_stamps
-- Newest first, of fewer events than $before, each with its checkpoint.
select s.size, s.vkey, s.stamped_at, s.place, s.tree_size, s.proof, s.token, k.note
from app.audit_stamps s
join aud.checkpoints k on k.team_id = s.team_id and k.lane = s.lane and k.size = s.size and k.vkey = s.vkey
where s.team_id = (select ctx.team()) and s.lane = 0 and s.size < $before
order by s.size desc, s.vkey
limit $limit;

-- name: list_rotations
select note from glob.signer_rotations order by published_at, note;

-- name: find_alarm
select seq, reason, raised_at from aud.alarms where team_id = (select ctx.team()) and lane = 0;

-- name: find_time_of
select occurred_at from aud.events where team_id = (select ctx.team()) and lane = 0 and seq = $seq;

-- name: list_row_hashes
select seq, row_hash from aud.events
where team_id = (select ctx.team()) and lane = 0 and seq > $after and seq <= $until
order by seq
limit $limit;
