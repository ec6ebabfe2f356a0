-- What agents measure are series like any others; app.series alone says which are whose.

drop table app.pushes;
drop table app.series_tables;
delete from ctl.tables where name in ('app.pushes', 'app.series_tables');
drop function ctl.ensure_push_partition(timestamptz);
drop function ctl.drop_push_partitions(timestamptz);

alter table app.series add column server_id uuid; -- whose agent sends it; null: another program
create index series_server on app.series (team_id, server_id) where server_id is not null;
