-- Series with labels: what they are called, the samples as they came, and the samples of each series in blocks.

-- Labels are found by a keyed hash of all of them, and otherwise only in memory.
create table app.series (
    team_id uuid not null,
    series_id bigint generated always as identity,
    key bytea not null,            -- keyed hash of the labels
    first_on date not null,        -- between these days lie its blocks
    last_on date not null,
    body bytea not null,           -- sealed: the labels
    primary key (team_id, series_id),
    unique (team_id, key)
);
alter table app.series alter column body set storage external; -- ciphertext does not compress
select ctl.protect('app.series');
select ctl.leave_unaudited('app.series', 'written together with measurements');

-- What was acknowledged and may not be in a block yet: one row for each request. A generation is dropped, never
-- deleted, once all of its samples are in blocks, the oldest one first. A program that starts begins a new one, so that
-- (generation, seq) is the order of writing.
create table app.metric_log (
    team_id uuid not null,
    generation bigint not null,
    seq bigint not null,           -- counts the rows of the program that writes the generation
    body bytea not null,           -- sealed: series, times and values
    primary key (team_id, generation, seq)
) partition by list (generation);
alter table app.metric_log alter column body set storage external;
select ctl.protect('app.metric_log', 'team', 'select, insert');
select ctl.leave_unaudited('app.metric_log', 'measurements, one row every few seconds from each sender');

-- The samples of one series in two hours, until the day is over.
create table app.metric_windows (
    team_id uuid not null,
    series_id bigint not null,
    at timestamptz not null,       -- where the two hours start
    samples integer not null check (samples > 0),
    body bytea not null,           -- sealed
    primary key (team_id, series_id, at)
) partition by range (at);
alter table app.metric_windows alter column body set storage external;
select ctl.protect('app.metric_windows');
select ctl.leave_unaudited('app.metric_windows', 'measurements');

-- The samples of one series in one day (UTC).
create table app.metric_blocks (
    team_id uuid not null,
    series_id bigint not null,
    at timestamptz not null,       -- where the day starts
    samples integer not null check (samples > 0),
    body bytea not null,           -- sealed
    primary key (team_id, series_id, at)
) partition by range (at);
alter table app.metric_blocks alter column body set storage external;
select ctl.protect('app.metric_blocks');
select ctl.leave_unaudited('app.metric_blocks', 'measurements');

-- Partitions are made beside the parent and attached, which locks out neither readers nor writers; the lock on the
-- parent makes one of two racing callers wait. Each gives true when the partition was there already.
create function ctl.ensure_metric_generation(generation bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
    child constant text := format('app.%I', 'metric_log_' || generation);
begin
    if to_regclass(child) is not null then
        return true;
    end if;
    if generation < 1 then
        raise exception 'generations are counted from 1' using errcode = '22003';
    end if;
    lock table app.metric_log in share update exclusive mode;
    if to_regclass(child) is not null then
        return true;
    end if;
    execute format('create table %s (like app.metric_log including all)', child);
    execute format('alter table app.metric_log attach partition %s for values in (%L)', child, generation);
    perform ctl.protect(child::regclass);
    return false;
end $$;

-- Windows lie in partitions of a day, blocks in partitions of a week.
create function ctl.ensure_metric_partition(kind text, at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
declare
    unit constant text := case kind when 'metric_windows' then 'day' when 'metric_blocks' then 'week' end;
    starts constant timestamptz := date_trunc(unit, at);
    parent constant text := format('app.%I', kind);
    child constant text := format('app.%I', kind || '_' || to_char(starts, 'YYYYMMDD'));
begin
    if unit is null then
        raise exception 'there are no partitions of that kind' using errcode = '22023';
    end if;
    if to_regclass(child) is not null then
        return true;
    end if;
    if starts > now() + interval '1 day' or starts < now() - interval '3660 days' then
        raise exception 'no partition is made for a time that far from now' using errcode = '22008';
    end if;
    execute format('lock table %s in share update exclusive mode', parent);
    if to_regclass(child) is not null then
        return true;
    end if;
    execute format('create table %s (like %s including all)', child, parent);
    execute format('alter table %s attach partition %s for values from (%L) to (%L)',
                   parent, child, starts, starts + ('1 ' || unit)::interval);
    perform ctl.protect(child::regclass);
    return false;
end $$;

create function ctl.drop_metric_generation(generation bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    execute format('drop table if exists app.%I', 'metric_log_' || generation);
end $$;

-- The windows of one day, when they all went into blocks.
create function ctl.drop_metric_windows(day timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
begin
    execute format('drop table if exists app.%I', 'metric_windows_' || to_char(day, 'YYYYMMDD'));
end $$;

-- Retention: drops the days and weeks that ended by `before`; gives their number. Keeps at least a day, whatever it is
-- told.
create function ctl.drop_metric_partitions(before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog set timezone = 'UTC' as $$
declare
    ends constant timestamptz := least(before, now() - interval '1 day');
    last_day constant text := 'metric_windows_' || to_char(ends - interval '1 day', 'YYYYMMDD');
    last_week constant text := 'metric_blocks_' || to_char(ends - interval '7 days', 'YYYYMMDD');
    child regclass;
    dropped bigint := 0;
begin
    for child in
        select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where (i.inhparent = 'app.metric_windows'::regclass and c.relname <= last_day)
           or (i.inhparent = 'app.metric_blocks'::regclass and c.relname <= last_week)
        order by c.relname
    loop
        execute format('drop table %s', child);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

revoke execute on function ctl.ensure_metric_generation(bigint), ctl.ensure_metric_partition(text, timestamptz),
    ctl.drop_metric_generation(bigint), ctl.drop_metric_windows(timestamptz), ctl.drop_metric_partitions(timestamptz)
    from public;
grant execute on function ctl.ensure_metric_generation(bigint), ctl.ensure_metric_partition(text, timestamptz),
    ctl.drop_metric_generation(bigint), ctl.drop_metric_windows(timestamptz), ctl.drop_metric_partitions(timestamptz)
    to atalaya_app;
