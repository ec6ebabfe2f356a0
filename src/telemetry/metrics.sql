-- name: list_series
-- A page in the order of ids.
select series_id, key, first_on - date '1970-01-01' as first_day, last_on - date '1970-01-01' as last_day,
       server_id is not null as of_server, body
from app.series
where team_id = $team and series_id > $after
order by series_id
limit 10000;

-- name: insert_series
-- unaudited
-- Gives all of them, new or not. What is there has its days widened, so that nobody deletes it as over.
insert into app.series as known (team_id, server_id, key, first_on, last_on, body)
select $team::uuid, $server::uuid, fresh.key, date '1970-01-01' + fresh.first_day::integer,
       date '1970-01-01' + fresh.last_day::integer, fresh.body
from unnest($keys::bytea[], $first_days::bigint[], $last_days::bigint[], $bodies::bytea[])
     as fresh (key, first_day, last_day, body)
on conflict (team_id, key) do update
set first_on = least(known.first_on, excluded.first_on), last_on = greatest(known.last_on, excluded.last_on)
returning series_id, key;

-- name: delete_series_of_server
-- unaudited
delete from app.series where team_id = $team and server_id = $server
returning series_id;

-- name: has_series_over
select exists (select from app.series where team_id = $team and last_on < date '1970-01-01' + $day::integer) as found;

-- name: delete_series
-- unaudited
delete from app.series
where team_id = $team and series_id = any ($series::bigint[]) and last_on < date '1970-01-01' + $day::integer;

-- name: list_generations
-- Of the metric log, whether or not they hold anything of this team.
select substr(c.relname, length('metric_log_') + 1)::bigint as generation
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'app.metric_log'::regclass
order by generation;

-- name: ensure_generation
-- writes
-- unaudited
select ctl.ensure_metric_generation($generation) as existed;

-- name: insert_log
-- unaudited
insert into app.metric_log (team_id, generation, seq, body) values ($team, $generation, $seq, $body);

-- name: list_log
-- A page in the order of writing, at most 256 rows.
select generation, seq, body
from app.metric_log
where team_id = $team and (generation, seq) > ($after_generation, $after_seq)
order by generation, seq
limit 256;

-- name: list_window_days
-- The partitions of the windows, and of which of them the team has rows.
select part.at, exists (select from app.metric_windows w
                        where w.team_id = $team and w.at >= part.at and w.at < part.at + interval '1 day') as used
from (
    select to_date(substr(c.relname, length('metric_windows_') + 1), 'YYYYMMDD')::timestamp at time zone 'UTC' as at
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'app.metric_windows'::regclass
) part
order by part.at;

-- name: has_log
select exists (select from app.metric_log where team_id = $team) as found;

-- name: drop_generation
-- writes
-- unaudited
select ctl.drop_metric_generation($generation);

-- name: ensure_metric_partition
-- writes
-- unaudited
select ctl.ensure_metric_partition($kind, $at) as existed;

-- name: drop_windows
-- writes
-- unaudited
select ctl.drop_metric_windows($day);

-- name: look_anew
-- For this transaction a plan of its own for each range, as one for any would open the partitions of every day that is
-- kept. And a transaction that holds a table's lock hears of partitions that others attached meanwhile only when it takes
-- another lock: without it, what was just written into blocks would be neither in memory nor in them.
select set_config('plan_cache_mode', 'force_custom_plan', true), pg_relation_size('pg_catalog.pg_inherits');

-- name: list_windows
select series_id, at, true as is_window, body
from app.metric_windows
where team_id = $team and series_id = any ($series::bigint[]) and at >= $from and at <= $to
order by series_id, at;

-- name: list_days
select series_id, at, false as is_window, body
from app.metric_blocks
where team_id = $team and series_id = any ($series::bigint[]) and at = $day
order by series_id;

-- name: list_blocks
-- Windows behind the day that they belong to: they were written later.
select series_id, at, false as is_window, body
from app.metric_blocks
where team_id = $team and series_id = any ($series::bigint[]) and at >= $from and at <= $to
union all
select series_id, at, true, body
from app.metric_windows
where team_id = $team and series_id = any ($series::bigint[]) and at >= $from and at <= $to
order by series_id, is_window, at;

-- name: put_windows
-- unaudited
insert into app.metric_windows (team_id, series_id, at, samples, body)
select $team::uuid, made.series_id, timestamptz 'epoch' + made.at_us * interval '1 microsecond', made.samples, made.body
from unnest($series::bigint[], $at_us::bigint[], $samples::bigint[], $bodies::bytea[])
     as made (series_id, at_us, samples, body)
on conflict (team_id, series_id, at) do update set samples = excluded.samples, body = excluded.body;

-- name: put_blocks
-- unaudited
insert into app.metric_blocks (team_id, series_id, at, samples, body)
select $team::uuid, made.series_id, timestamptz 'epoch' + made.at_us * interval '1 microsecond', made.samples, made.body
from unnest($series::bigint[], $at_us::bigint[], $samples::bigint[], $bodies::bytea[])
     as made (series_id, at_us, samples, body)
on conflict (team_id, series_id, at) do update set samples = excluded.samples, body = excluded.body;

-- name: delete_windows
-- unaudited
delete from app.metric_windows
where team_id = $team and series_id = any ($series::bigint[]) and at >= $from and at < $to;

-- name: erase_windows
-- unaudited
delete from app.metric_windows where team_id = $team and series_id = any ($series::bigint[]);

-- name: erase_blocks
-- unaudited
delete from app.metric_blocks where team_id = $team and series_id = any ($series::bigint[]);

-- name: delete_series_windows_before
-- unaudited
delete from app.metric_windows where team_id = $team and series_id = any ($series::bigint[]) and at < $before;

-- name: delete_series_blocks_before
-- unaudited
delete from app.metric_blocks where team_id = $team and series_id = any ($series::bigint[]) and at < $before;

-- name: narrow_series
-- unaudited
update app.series set first_on = date '1970-01-01' + $day::integer
where team_id = $team and series_id = any ($series::bigint[]) and first_on < date '1970-01-01' + $day::integer;

-- name: widen_series
-- unaudited
update app.series
set first_on = least(first_on, date '1970-01-01' + $day::integer),
    last_on = greatest(last_on, date '1970-01-01' + $day::integer)
where team_id = $team and series_id = any ($series::bigint[])
      and (first_on > date '1970-01-01' + $day::integer or last_on < date '1970-01-01' + $day::integer);

-- name: measure_metrics
-- Of the log only the bytes, as what it holds may lie in blocks too.
select coalesce(sum(samples), 0)::bigint as samples, coalesce(sum(octet_length(body)), 0)::bigint as bytes
from (
    select samples, body from app.metric_windows where team_id = $team
    union all
    select samples, body from app.metric_blocks where team_id = $team
    union all
    select 0, body from app.metric_log where team_id = $team
) stored;

-- name: delete_blocks_before
-- unaudited
-- Of the weeks that go on.
delete from app.metric_blocks where team_id = $team and at < least($before, now() - interval '1 day');

-- name: drop_metric_partitions
-- writes
-- unaudited
select ctl.drop_metric_partitions($before) as dropped;
