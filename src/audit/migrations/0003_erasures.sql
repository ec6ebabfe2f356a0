-- Erases payloads of the current team: all of them, or none. The event that says so must have been appended in the same
-- transaction, which the trigger on the payloads demands of each.
create function aud.tombstone(seqs bigint[], parts bigint[], by_seq bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    team constant uuid := ctx.team();
    erased bigint;
begin
    update aud.payloads p set sealed = null, erased_by_seq = by_seq
    from unnest(seqs, parts) as w (seq, part)
    where p.team_id = team and p.lane = 0 and p.seq = w.seq and p.part = w.part and p.sealed is not null;
    get diagnostics erased = row_count;
    if erased <> cardinality(seqs) then
        raise exception '% of % payloads were there to be erased', erased, cardinality(seqs) using errcode = 'AT003';
    end if;
end $$;
revoke execute on function aud.tombstone(bigint[], bigint[], bigint) from public;
grant execute on function aud.tombstone(bigint[], bigint[], bigint) to atalaya_app;
drop function aud.tombstone(bigint, smallint, bigint);

-- Nothing but an erasure leaves dead rows there, and those are to go soon.
alter table aud.payloads set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
