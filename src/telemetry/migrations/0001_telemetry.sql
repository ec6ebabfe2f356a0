-- What agents measured: one sealed row for each push and hour, and the tables that say what its columns mean.

-- A push that crosses an hour is stored as one row for each hour, so that no row reaches into another partition:
-- retention drops whole hours, and a read looks only where its range lies. A push sent again has the same first ticks,
-- stream and number, and meets the primary key.
create table app.pushes (
    team_id uuid not null,
    server_id uuid not null,
    at timestamptz not null,       -- its first tick
    stream bigint not null,        -- made by the agent with its spool
    seq bigint not null,           -- counts the pushes of the stream
    last_at timestamptz not null,
    received_at timestamptz not null default now(),
    ticks integer not null check (ticks > 0),
    body bytea not null,           -- sealed: times, table and values
    primary key (team_id, server_id, at, stream, seq),
    check (last_at >= at)
) partition by range (at);
alter table app.pushes alter column body set storage external; -- ciphertext does not compress
select ctl.protect('app.pushes', 'team', 'select, insert, delete');
select ctl.leave_unaudited('app.pushes', 'measurements, one row every few seconds from each server');

-- Names and labels of the columns; a table's id is a hash of it. `used_on` is the last day on which a push named it.
create table app.series_tables (
    team_id uuid not null,
    server_id uuid not null,
    table_id bigint not null,
    used_on date not null,
    body bytea not null,           -- sealed
    primary key (team_id, server_id, table_id)
);
alter table app.series_tables alter column body set storage external;
select ctl.protect('app.series_tables');
select ctl.leave_unaudited('app.series_tables', 'written by agents together with measurements');

-- Makes the partition for the hour of `at`; true when it was there already. ATTACH locks out neither readers nor
-- writers, as CREATE TABLE ... PARTITION OF would. The lock on the parent makes one of two racing callers wait.
create function ctl.ensure_push_partition(at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
declare
    hour constant timestamptz := date_trunc('hour', at);
    name constant text := 'pushes_' || to_char(hour, 'YYYYMMDDHH24');
    child constant text := format('app.%I', name);
begin
    if to_regclass(child) is not null then
        return true;
    end if;
    if hour > now() + interval '1 hour' or hour < now() - interval '400 days' then
        raise exception 'no partition is made for an hour that far from now' using errcode = '22008';
    end if;
    lock table app.pushes in share update exclusive mode;
    if to_regclass(child) is not null then
        return true;
    end if;
    execute format('create table %s (like app.pushes including all)', child);
    execute format('alter table app.pushes attach partition %s for values from (%L) to (%L)',
                   child, hour, hour + interval '1 hour');
    perform ctl.protect(child::regclass);
    return false;
end $$;

-- Drops the hours that ended by `before`; gives their number. Keeps at least a day, whatever it is told.
create function ctl.drop_push_partitions(before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
declare
    last_name constant text := 'pushes_'
        || to_char(date_trunc('hour', least(before, now() - interval '1 day')) - interval '1 hour', 'YYYYMMDDHH24');
    child regclass;
    dropped bigint := 0;
begin
    for child in
        select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'app.pushes'::regclass and c.relname <= last_name
        order by c.relname
    loop
        execute format('drop table %s', child);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

revoke execute on function ctl.ensure_push_partition(timestamptz), ctl.drop_push_partitions(timestamptz) from public;
grant execute on function ctl.ensure_push_partition(timestamptz), ctl.drop_push_partitions(timestamptz) to atalaya_app;
