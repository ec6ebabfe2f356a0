-- What the checks of this installation found when they last ran. Measured, not configured: a check that begins to fail
-- or to hold again is an event besides.
create table idn.control_checks (
    name text primary key check (name ~ '^[a-z-]{1,40}$'),
    at timestamptz not null,            -- of the last run
    holds boolean not null,
    since timestamptz not null,         -- how long it has been so
    last_held_at timestamptz,
    runs bigint not null default 1,
    failures bigint not null,
    detail text not null check (length(detail) <= 500) -- figures and names of rules; nothing of any team
);
select ctl.protect('idn.control_checks', 'platform', 'select, insert, update');
select ctl.leave_unaudited('idn.control_checks', 'measured every few minutes; a change of the outcome is an event');

-- How many sealed bodies of the current scope were looked at, and how many are not in the form of sealed bytes: version 1,
-- epoch, nonce, tag. A thousand rows of each table.
create function ctl.judge_sealed_bodies() returns table (tables bigint, bodies bigint, bad bigint)
language plpgsql stable set search_path = pg_catalog as $$
declare
    target text;
    seen bigint;
    wrong bigint;
begin
    tables := 0;
    bodies := 0;
    bad := 0;
    for target in
        select t.name from ctl.tables t
        join pg_attribute a on a.attrelid = t.name::regclass and a.attname = 'body' and not a.attisdropped
        where a.atttypid = 'bytea'::regtype and t.kind <> 'global'
    loop
        execute format('select count(*), count(*) filter (where get_byte(body, 0) <> 1 or octet_length(body) < 45) '
                       'from (select body from %s where body is not null and octet_length(body) > 0 limit 1000) s', target)
            into seen, wrong;
        tables := tables + 1;
        bodies := bodies + seen;
        bad := bad + wrong;
    end loop;
    return next;
end $$;
revoke execute on function ctl.judge_sealed_bodies() from public;
grant execute on function ctl.judge_sealed_bodies() to atalaya_app;
