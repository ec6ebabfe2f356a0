-- Signed checkpoints: what the signer, a process and a role apart, says about every chain. It reaches no table: it reads
-- headers, commitments and hashes through the functions below, never a payload, and can only add.
--
-- Lane -1 under the nil id is no chain of events but the tree over all checkpoints of the installation: entry n is the
-- hash of the checkpoint whose log_index is n.

create table aud.checkpoints (
    team_id uuid not null,
    lane smallint not null,
    size bigint not null,
    root bytea not null,
    row_hash bytea not null,  -- of the event `size`, by which a start compares cheaply
    note text not null,       -- C2SP signed note
    vkey text not null,       -- of whoever signed it
    log_index bigint,         -- null in lane -1
    made_at timestamptz not null default now(),
    primary key (team_id, lane, size, vkey) -- a signer that lost its memory begins anew, under another name
);

-- Where the signer refuses to go on, until it no longer has to.
create table aud.alarms (
    team_id uuid not null,
    lane smallint not null,
    seq bigint not null,
    reason text not null,
    raised_at timestamptz not null default now(),
    primary key (team_id, lane)
);

do $$
declare
    target text;
    guard constant text := '(select current_user) = ''atalaya_owner'' or team_id = (select ctx.team())';
begin
    foreach target in array array['aud.checkpoints', 'aud.alarms'] loop
        execute format('alter table %s enable row level security, force row level security', target);
        execute format('create policy allow on %s for all to atalaya_app, atalaya_owner using (true) with check (true)',
                       target);
        execute format('create policy guard on %s as restrictive for all to public using (%s) with check (%s)', target,
                       guard, guard);
    end loop;
end $$;
grant select on aud.checkpoints, aud.alarms to atalaya_app;

create trigger append_only_rows before update or delete on aud.checkpoints for each row execute function aud.refuse();
create trigger append_only_table before truncate on aud.checkpoints execute function aud.refuse();
alter table aud.checkpoints enable always trigger append_only_rows, enable always trigger append_only_table;

-- Every chain, where it ends, and its newest published checkpoint.
create function aud.signer_heads()
returns table (team_id uuid, lane smallint, seq bigint, hash bytea, published bigint, published_root bytea)
language sql stable security definer set search_path = pg_catalog as $$
    select h.team_id, h.lane, h.seq, h.hash, coalesce(c.size, 0), c.root
    from aud.heads h
    left join lateral (select k.size, k.root from aud.checkpoints k
                       where k.team_id = h.team_id and k.lane = h.lane order by k.size desc limit 1) c on true
$$;

-- The events of the named chains from the named numbers on, chain by chain; at most so many.
create function aud.signer_rows(teams uuid[], lanes bigint[], froms bigint[], most bigint)
returns table (team_id uuid, lane smallint, seq bigint, header bytea, commits bytea, prev_hash bytea, row_hash bytea)
language sql stable security definer set search_path = pg_catalog as $$
    select e.team_id, e.lane, e.seq, e.header, e.commits, e.prev_hash, e.row_hash
    from unnest(teams, lanes, froms) with ordinality as wanted (team_id, lane, seq, place)
    cross join lateral (select i.* from aud.events i
                        where i.team_id = wanted.team_id and i.lane = wanted.lane and i.seq >= wanted.seq
                        order by i.seq limit most) e
    order by wanted.place, e.seq
    limit most
$$;

create function aud.publish_checkpoints(teams uuid[], lanes bigint[], sizes bigint[], roots bytea[], row_hashes bytea[],
                                        notes text[], vkeys text[], log_indexes bigint[]) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into aud.checkpoints (team_id, lane, size, root, row_hash, note, vkey, log_index)
    select t, l, s, r, h, n, v, nullif(i, -1)
    from unnest(teams, lanes, sizes, roots, row_hashes, notes, vkeys, log_indexes) as made (t, l, s, r, h, n, v, i)
    on conflict (team_id, lane, size, vkey) do nothing
$$;

-- The alarms that stand from now on; those that stood before keep their time.
create function aud.set_alarms(teams uuid[], lanes bigint[], seqs bigint[], reasons text[]) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    delete from aud.alarms a
    where not exists (select from unnest(teams, lanes) as now (t, l) where a.team_id = t and a.lane = l);
    insert into aud.alarms (team_id, lane, seq, reason)
    select t, l, s, r from unnest(teams, lanes, seqs, reasons) as now (t, l, s, r)
    on conflict (team_id, lane) do update set seq = excluded.seq, reason = excluded.reason
$$;

revoke execute on function aud.signer_heads(), aud.signer_rows(uuid[], bigint[], bigint[], bigint),
    aud.publish_checkpoints(uuid[], bigint[], bigint[], bytea[], bytea[], text[], text[], bigint[]),
    aud.set_alarms(uuid[], bigint[], bigint[], text[]) from public;
grant usage on schema aud to atalaya_signer;
grant execute on function aud.signer_heads(), aud.signer_rows(uuid[], bigint[], bigint[], bigint),
    aud.publish_checkpoints(uuid[], bigint[], bigint[], bytea[], bytea[], text[], text[], bigint[]),
    aud.set_alarms(uuid[], bigint[], bigint[], text[]) to atalaya_signer;
