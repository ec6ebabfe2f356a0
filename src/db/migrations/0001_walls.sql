-- The walls: who a statement acts for (ctx), how a table is fenced in (ctl), and the record of every change (aud).
-- Runs as atalaya_owner in a database prepared by bootstrap.sql.
--
-- A migration that makes a table says, beside it:
--     select ctl.protect('app.servers');      -- isolation: row security, guard policy, grants
--     select ctl.audit('app.servers');        -- or: select ctl.leave_unaudited('app.pushes', 'why not');
-- The self-test refuses to serve while any table of app or idn has not been decided on.

grant usage on schema ctl, ctx, idn, aud, app, glob to atalaya_app;
grant usage on schema ctl, ctx, idn to atalaya_auth;
grant usage on schema ctl, ctx to atalaya_sched;
grant usage on schema ctx to atalaya_migrate;

-- Context. The setting `app.ctx` names the team and the actor under a MAC that only the program can make (its key lives
-- outside the database; here are the two padded halves of HMAC, readable by these functions alone). SQL that was
-- smuggled in can therefore not become another team. Sealed to the backend and to this start of the server:
--     hex mac (64) | team uuid (36) | actor uuid (36) | unix seconds until when
--     mac = HMAC-SHA256(key, 'ctx1|' team actor until '|' backend pid '|' server start in microseconds)

create table ctx.k (
    singleton boolean primary key default true check (singleton),
    ik bytea not null check (octet_length(ik) = 64),
    ok bytea not null check (octet_length(ok) = 64)
);

create function ctx.set_key(ik bytea, ok bytea) returns void
language sql security definer set search_path = pg_catalog as $$
    insert into ctx.k (ik, ok) values ($1, $2)
    on conflict (singleton) do update set ik = excluded.ik, ok = excluded.ok
    where (k.ik, k.ok) is distinct from (excluded.ik, excluded.ok)
$$;
revoke execute on function ctx.set_key(bytea, bytea) from public;
grant execute on function ctx.set_key(bytea, bytea) to atalaya_migrate;

-- STABLE and never IMMUTABLE: a cached plan would keep the first caller's team. RESTRICTED to the leader, because a
-- parallel worker has another pid than the one in the seal.
create function ctx.team() returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog as $$
declare
    sealed constant text := current_setting('app.ctx', true);
    i bytea;
    o bytea;
begin
    if sealed is null or sealed = '' then
        return null;
    end if;
    select ik, ok into i, o from ctx.k;
    if encode(sha256(o || sha256(i || convert_to(
            'ctx1|' || substr(sealed, 65) || '|' || pg_backend_pid() || '|'
            || (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint, 'UTF8'))), 'hex')
            is distinct from substr(sealed, 1, 64) then
        raise exception 'the context is not sealed for this session' using errcode = '42501';
    end if;
    if substr(sealed, 137)::bigint < extract(epoch from now()) then
        raise exception 'the context has expired' using errcode = '42501';
    end if;
    return substr(sealed, 65, 36)::uuid;
end $$;

-- The person or device behind the statement; nil when nobody is known yet.
create function ctx.actor() returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog as $$
begin
    if ctx.team() is null then -- checks the seal
        return null;
    end if;
    return substr(current_setting('app.ctx'), 101, 36)::uuid;
end $$;

revoke execute on function ctx.team(), ctx.actor() from public;
grant execute on function ctx.team(), ctx.actor() to atalaya_app, atalaya_auth, atalaya_sched;

-- The record. One chain for each team, and one under the nil id for what belongs to no team. The columns of an event repeat what
-- its header says so that SQL can filter; the header is what was hashed. Payloads lie apart and sealed, because they
-- may have to be erased while the chain goes on verifying: the salt of a commitment is inside the sealed bytes.

-- No CHECK constraints here: PostgreSQL reads their text anew for each statement, and aud.append, the only writer,
-- checks the same for a tenth of the time.

create table aud.heads (
    team_id uuid not null,
    lane smallint not null default 0,
    seq bigint not null default 0,
    prev_hash bytea,
    hash bytea not null,
    last_xid xid8,
    primary key (team_id, lane)
) with (fillfactor = 20); -- updated by every change: room for HOT updates

create table aud.events (
    team_id uuid not null,
    lane smallint not null default 0,
    seq bigint not null,
    event_id uuid not null,
    xid xid8 not null default pg_current_xact_id(),
    occurred_at timestamptz not null,
    action text not null,
    outcome smallint not null,
    actor_kind smallint not null,
    resource_type text not null,
    resource_id uuid not null,
    header bytea not null,
    commits bytea not null,
    prev_hash bytea not null,
    row_hash bytea not null,
    seal bytea not null,
    primary key (team_id, lane, seq)
);

create table aud.payloads (
    team_id uuid not null,
    lane smallint not null default 0,
    seq bigint not null,
    part smallint not null, -- 0: who and from where; 1: what changed
    sealed bytea,           -- null once erased, by the event erased_by_seq
    erased_by_seq bigint,
    primary key (team_id, lane, seq, part)
);
alter table aud.payloads alter column sealed set storage external; -- ciphertext does not compress

-- Made together with a team, inside that team's context.
create function aud.open_chain(team uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if team is distinct from ctx.team() then
        raise exception 'a chain is opened in the context of its team' using errcode = '42501';
    end if;
    insert into aud.heads (team_id, hash)
    values (team, sha256('\x03'::bytea || convert_to('atalaya-audit-genesis-v1', 'UTF8') || uuid_send(team)));
end $$;

-- Appends one event to the chain of the current team; the last statement before COMMIT. The program says which number
-- the event will get, since the commitments are bound to it; when the head has moved meanwhile, AT001 tells the
-- program to run the transaction again. Builds the canonical header (version 1), links, hashes, and returns the hash.
create function aud.append(expected_seq bigint, event_id uuid, occurred_at_us bigint, action text, outcome smallint,
                           actor_kind smallint, resource_type text, resource_id uuid,
                           commits bytea, subject bytea, detail bytea, seal bytea) returns bytea
language plpgsql security definer set search_path = pg_catalog as $$
declare
    team constant uuid := ctx.team();
    head constant bytea :=
        '\x010000000200010200000010'::bytea || uuid_send(team)
        || '\x0300000008'::bytea || int8send(expected_seq)
        || '\x0400000010'::bytea || uuid_send(event_id)
        || '\x0500000008'::bytea || int8send(occurred_at_us)
        || '\x06'::bytea || int4send(octet_length(action)) || convert_to(action, 'UTF8')
        || '\x0700000001'::bytea || substr(int2send(outcome), 2)
        || '\x0800000001'::bytea || substr(int2send(actor_kind), 2)
        || '\x09'::bytea || int4send(octet_length(resource_type)) || convert_to(resource_type, 'UTF8')
        || '\x0a00000010'::bytea || uuid_send(resource_id);
    prev bytea;
    row_hash bytea;
begin
    if head is null or outcome not between 0 and 2 or actor_kind not between 0 and 255
            or action !~ '^[a-z0-9._]{1,64}$' or resource_type !~ '^[a-z0-9._]{0,64}$'
            or octet_length(commits) is distinct from 64 or octet_length(seal) is distinct from 32
            or subject is null or detail is null then
        raise exception 'not an event' using errcode = '22023';
    end if;
    update aud.heads h
    set seq = expected_seq, prev_hash = h.hash, last_xid = pg_current_xact_id(),
        hash = sha256('\x02'::bytea || h.hash || int8send(octet_length(head)) || head || '\x02'::bytea || commits)
    where h.team_id = team and h.lane = 0 and h.seq = expected_seq - 1
    returning h.prev_hash, h.hash into prev, row_hash;
    if not found then
        raise exception 'the head of the chain is not at %', expected_seq - 1 using errcode = 'AT001';
    end if;
    insert into aud.events (team_id, seq, event_id, occurred_at, action, outcome, actor_kind, resource_type,
                            resource_id, header, commits, prev_hash, row_hash, seal)
    values (team, expected_seq, event_id, timestamptz 'epoch' + occurred_at_us * interval '1 microsecond', action,
            outcome, actor_kind, resource_type, resource_id, head, commits, prev, row_hash, seal);
    insert into aud.payloads (team_id, seq, part, sealed)
    values (team, expected_seq, 0, subject), (team, expected_seq, 1, detail);
    return row_hash;
end $$;

-- Erases one payload of the current team. The event that says so must have been appended in the same transaction.
create function aud.tombstone(erased_seq bigint, erased_part smallint, by_seq bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    update aud.payloads set sealed = null, erased_by_seq = by_seq
    where team_id = ctx.team() and lane = 0 and seq = erased_seq and part = erased_part and sealed is not null;
end $$;

revoke execute on function aud.open_chain(uuid), aud.tombstone(bigint, smallint, bigint),
    aud.append(bigint, uuid, bigint, text, smallint, smallint, text, uuid, bytea, bytea, bytea, bytea) from public;
grant execute on function aud.open_chain(uuid), aud.tombstone(bigint, smallint, bigint),
    aud.append(bigint, uuid, bigint, text, smallint, smallint, text, uuid, bytea, bytea, bytea, bytea) to atalaya_app;

-- The triggers below are ENABLE ALWAYS: they hold for a superuser and under session_replication_role = replica too.

create function aud.refuse() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    raise exception '% of %.% is refused: the record is append-only', tg_op, tg_table_schema, tg_table_name
        using errcode = '42501';
end $$;

create function aud.guard_payload() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if old.sealed is not null and new.sealed is null
            and (new.team_id, new.lane, new.seq, new.part) = (old.team_id, old.lane, old.seq, old.part)
            and exists (select from aud.events e
                        where e.team_id = old.team_id and e.lane = old.lane and e.seq = new.erased_by_seq
                          and e.action = 'audit.tombstone' and e.xid = pg_current_xact_id()) then
        return new;
    end if;
    raise exception 'a payload of the append-only record may only be erased, with an audit.tombstone event'
        using errcode = '42501';
end $$;

-- A head only ever moves on by one, in the transaction that says so.
create function aud.guard_head() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    if new.team_id = old.team_id and new.lane = old.lane and new.seq = old.seq + 1 and new.prev_hash = old.hash
            and new.last_xid = pg_current_xact_id() then
        return new;
    end if;
    raise exception 'a head of the append-only record may only move on by one' using errcode = '42501';
end $$;

create trigger append_only_rows before update or delete on aud.events for each row execute function aud.refuse();
create trigger append_only_table before truncate on aud.events execute function aud.refuse();
create trigger append_only_erasure before update on aud.payloads for each row execute function aud.guard_payload();
create trigger append_only_rows before delete on aud.payloads for each row execute function aud.refuse();
create trigger append_only_table before truncate on aud.payloads execute function aud.refuse();
create trigger append_only_move before update on aud.heads for each row execute function aud.guard_head();
create trigger append_only_rows before delete on aud.heads for each row execute function aud.refuse();
create trigger append_only_table before truncate on aud.heads execute function aud.refuse();
alter table aud.events enable always trigger append_only_rows, enable always trigger append_only_table;
alter table aud.payloads enable always trigger append_only_erasure, enable always trigger append_only_rows,
    enable always trigger append_only_table;
alter table aud.heads enable always trigger append_only_move, enable always trigger append_only_rows,
    enable always trigger append_only_table;

insert into aud.heads (team_id, hash)
select team, sha256('\x03'::bytea || convert_to('atalaya-audit-genesis-v1', 'UTF8') || uuid_send(team))
from (select '00000000-0000-0000-0000-000000000000'::uuid as team) nil;

-- No change without an event: at COMMIT, the head of the row's team must have been moved by this very transaction.
create function aud.demand_event() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    moved boolean := true;
begin
    if tg_op <> 'INSERT' then
        moved := exists (select from aud.heads h
                         where h.team_id = old.team_id and h.lane = 0 and h.last_xid = pg_current_xact_id());
    end if;
    if moved and tg_op <> 'DELETE' and (tg_op = 'INSERT' or new.team_id <> old.team_id) then
        moved := exists (select from aud.heads h
                         where h.team_id = new.team_id and h.lane = 0 and h.last_xid = pg_current_xact_id());
    end if;
    if not moved then
        raise exception '% of %.% without audit event', tg_op, tg_table_schema, tg_table_name
            using errcode = 'AT002';
    end if;
    return null;
end $$;

-- The same for a table that belongs to no team.
create function aud.demand_platform_event() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not exists (
            select from aud.heads h
            where h.team_id = '00000000-0000-0000-0000-000000000000' and h.lane = 0
              and h.last_xid = pg_current_xact_id()) then
        raise exception '% of %.% without audit event', tg_op, tg_table_schema, tg_table_name
            using errcode = 'AT002';
    end if;
    return null;
end $$;

create function aud.refuse_truncate() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    raise exception 'TRUNCATE of %.% without audit event', tg_table_schema, tg_table_name using errcode = 'AT002';
end $$;

revoke execute on function aud.refuse(), aud.guard_payload(), aud.guard_head(), aud.demand_event(),
    aud.demand_platform_event(), aud.refuse_truncate() from public;

-- What was decided about each table; the self-test compares the catalogue with it.
--   team      only rows of the current team
--   platform  only in the context that belongs to no team (accounts, sessions)
--   member    rows of the current team; of other teams only those about the actor, and these only to read
--   global    the same for everybody, read only
create table ctl.tables (
    name text primary key,
    kind text not null check (kind in ('team', 'platform', 'member', 'global')),
    audited boolean,     -- null: not decided, and the server does not start
    unaudited_reason text,
    check (audited is not false or unaudited_reason is not null)
);
grant select on ctl.tables to atalaya_app;

-- Fences a table in. On a partition it sets the policies and nothing else: a partition is reached through its parent.
create function ctl.protect(target regclass, kind text default 'team',
                            verbs text default 'select, insert, update, delete') returns void
language plpgsql set search_path = pg_catalog as $$
declare
    own constant text := 'team_id = (select ctx.team())';
    guard constant text := case kind
        when 'team' then own
        when 'platform' then '(select ctx.team()) = ''00000000-0000-0000-0000-000000000000''::uuid'
        when 'member' then own || ' or user_id = (select ctx.actor())'
    end;
begin
    if kind = 'global' then
        execute format('grant select on %s to atalaya_app', target);
    else
        execute format('alter table %s enable row level security, force row level security', target);
        execute format('create policy allow on %s as permissive for all to atalaya_app using (true) with check (true)',
                       target);
        execute format('create policy guard on %s as restrictive for all to public using (%s) with check (%s)', target,
                       guard, case kind when 'member' then own else guard end);
    end if;
    if kind = 'member' then
        execute format('create policy own_update on %s as restrictive for update to public using (%s) with check (%s)',
                       target, own, own);
        execute format('create policy own_delete on %s as restrictive for delete to public using (%s)', target, own);
    end if;
    if (select relispartition from pg_class where oid = target) then
        return;
    end if;
    if kind <> 'global' then
        execute format('grant %s on %s to atalaya_app', verbs, target);
    end if;
    insert into ctl.tables (name, kind) values (
        (select format('%I.%I', relnamespace::regnamespace, relname) from pg_class where oid = target), kind);
end $$;

-- From now on every change of the table needs an event in the same transaction, in the chain of the row's team, or in
-- the platform's chain when rows belong to no team.
create function ctl.audit(target regclass) returns void
language plpgsql set search_path = pg_catalog as $$
declare
    demand constant text := case
        when exists (select from pg_attribute where attrelid = target and attname = 'team_id' and not attisdropped)
        then 'aud.demand_event' else 'aud.demand_platform_event' end;
begin
    execute format('create constraint trigger audited after insert or update or delete on %s '
                   'deferrable initially deferred for each row execute function %s()', target, demand);
    execute format('create trigger audited_table before truncate on %s execute function aud.refuse_truncate()', target);
    execute format('alter table %s enable always trigger audited, enable always trigger audited_table', target);
    update ctl.tables set audited = true
    where name = (select format('%I.%I', relnamespace::regnamespace, relname) from pg_class where oid = target);
    if not found then
        raise exception 'ctl.protect(%) comes first', target;
    end if;
end $$;

create function ctl.leave_unaudited(target regclass, reason text) returns void
language plpgsql set search_path = pg_catalog as $$
begin
    update ctl.tables set audited = false, unaudited_reason = reason
    where name = (select format('%I.%I', relnamespace::regnamespace, relname) from pg_class where oid = target);
    if not found then
        raise exception 'ctl.protect(%) comes first', target;
    end if;
end $$;
revoke execute on function ctl.protect(regclass, text, text), ctl.audit(regclass), ctl.leave_unaudited(regclass, text)
    from public;

-- The record is read by its team and written by the functions above. They run as the owner and see every team, because
-- at COMMIT the demand for an event looks at the heads of all teams that the transaction touched; which team an
-- append is for, they ask ctx.team() themselves.
do $$
declare
    target text;
    guard constant text := '(select current_user) = ''atalaya_owner'' or team_id = (select ctx.team())';
begin
    foreach target in array array['aud.heads', 'aud.events', 'aud.payloads'] loop
        execute format('alter table %s enable row level security, force row level security', target);
        execute format('create policy allow on %s for all to atalaya_app, atalaya_owner using (true) with check (true)',
                       target);
        execute format('create policy guard on %s as restrictive for all to public using (%s) with check (%s)', target,
                       guard, guard);
    end loop;
end $$;
grant select on aud.heads, aud.events, aud.payloads to atalaya_app;

-- Rows that the probe at start-up makes for two teams that do not exist, tries to reach across, and rolls back.
create table app.canaries (
    team_id uuid not null,
    id uuid not null,
    parent_id uuid,
    body text not null,
    primary key (id),
    unique (team_id, id),
    foreign key (team_id, parent_id) references app.canaries (team_id, id)
);
select ctl.protect('app.canaries');
select ctl.leave_unaudited('app.canaries', 'never committed');
