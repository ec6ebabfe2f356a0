-- name: ensure_partition
-- writes
-- unaudited
select ctl.ensure_push_partition($at) as existed;

-- name: drop_partitions
-- writes
-- unaudited
select ctl.drop_push_partitions($before) as dropped;

-- name: insert_pushes
-- unaudited
-- One row for each hour that a push touches.
insert into app.pushes (team_id, server_id, at, stream, seq, last_at, ticks, body)
select $team::uuid, $server::uuid, timestamptz 'epoch' + piece.at_us * interval '1 microsecond', $stream::bigint,
       $seq::bigint, timestamptz 'epoch' + piece.last_us * interval '1 microsecond', piece.ticks, piece.body
from unnest($at_us::bigint[], $last_us::bigint[], $ticks::bigint[], $bodies::bytea[])
     as piece (at_us, last_us, ticks, body)
on conflict do nothing;

-- name: plan_each_time
-- For this transaction. A plan for any range would open and lock the partitions of every hour that is kept.
select set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: list_pushes
-- A page in the order of time, at most 2,048 rows and (its last row apart) 4 MiB of bodies.
select at, stream, seq, last_at, received_at, ticks, body
from (
    select page.*, sum(octet_length(body)) over (order by at, stream, seq rows unbounded preceding) as bytes
    from (
        select at, stream, seq, last_at, received_at, ticks, body
        from app.pushes
        where team_id = $team and server_id = $server and at >= $from and at < $to and last_at >= $since
          and (at, stream, seq) > ($after_at, $after_stream, $after_seq)
        order by at, stream, seq
        limit 2048
    ) page
) measured
where bytes - octet_length(body) < 4194304
order by at, stream, seq;

-- name: find_newest_push
select at, stream, seq, last_at, received_at, ticks, body
from app.pushes
where team_id = $team and server_id = $server and at >= $since
order by at desc
limit 1;

-- name: find_table
select used_on - date '1970-01-01' as used_day, body
from app.series_tables
where team_id = $team and server_id = $server and table_id = $table;

-- name: insert_table
-- unaudited
insert into app.series_tables (team_id, server_id, table_id, used_on, body)
values ($team, $server, $table, date '1970-01-01' + $day::integer, $body)
on conflict (team_id, server_id, table_id) do update set used_on = excluded.used_on;

-- name: touch_table
-- unaudited
update app.series_tables set used_on = date '1970-01-01' + $day::integer
where team_id = $team and server_id = $server and table_id = $table;

-- name: delete_unused_tables
-- unaudited
delete from app.series_tables
where team_id = $team and server_id = $server and used_on < date '1970-01-01' + $before::integer;

-- name: delete_pushes
-- unaudited
delete from app.pushes where team_id = $team and server_id = $server;

-- name: delete_tables
-- unaudited
delete from app.series_tables where team_id = $team and server_id = $server;

-- name: measure
select count(*) as rows, coalesce(sum(octet_length(body)), 0)::bigint as bytes
from app.pushes
where team_id = $team;
