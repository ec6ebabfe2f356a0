-- How many rows of a team the current scope sees in how many tables, over all that belong to teams.
create function ctl.count_rows_of(team uuid) returns table (tables bigint, rows bigint)
language plpgsql stable set search_path = pg_catalog as $$
declare
    target text;
    seen bigint;
begin
    tables := 0;
    rows := 0;
    for target in
        select t.name from ctl.tables t
        join pg_attribute a on a.attrelid = t.name::regclass and a.attname = 'team_id' and not a.attisdropped
        where has_table_privilege(t.name, 'select')
    loop
        execute format('select count(*) from (select from %s where team_id = $1 limit 1000) s', target) into seen using team;
        tables := tables + 1;
        rows := rows + seen;
    end loop;
    return next;
end $$;
revoke execute on function ctl.count_rows_of(uuid) from public;
grant execute on function ctl.count_rows_of(uuid) to atalaya_app;
