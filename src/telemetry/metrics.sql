-- name: list_series
-- A page in the order of ids.
select series_id, key, first_on - date '1970-01-01' as first_day, last_on - date '1970-01-01' as last_day, body
from app.series
where team_id = $team and series_id > $after
order by series_id
limit 10000;

-- name: insert_series
-- unaudited
-- Gives the rows that are new; what another transaction made at the same time is there by then.
insert into app.series (team_id, key, first_on, last_on, body)
select $team::uuid, fresh.key, date '1970-01-01' + fresh.first_day::integer, date '1970-01-01' + fresh.last_day::integer,
       fresh.body
from unnest($keys::bytea[], $first_days::bigint[], $last_days::bigint[], $bodies::bytea[])
     as fresh (key, first_day, last_day, body)
on conflict (team_id, key) do nothing
returning series_id, key;

-- name: find_series
select series_id, key
from app.series
where team_id = $team and key = any ($keys::bytea[]);

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
