-- What only a superuser can lay down: roles, schemas and what the public loses. Both sections are idempotent and run at
-- every start, so that a role or a grant that somebody loosened by hand is tight again before anything is served.
--
-- The section `cluster` runs in the database `postgres`. CREATE DATABASE cannot run inside a block, therefore the
-- runner itself makes the product's database when it is missing, under a name of its choice. The section `database`
-- runs in that database, before the migrations, and again in every clone of it: a clone does not inherit the
-- privileges that stand on the database itself.

-- section: cluster
do $$
declare
    wanted record;
begin
    for wanted in
        select * from (values
            ('atalaya_owner',   'nologin'), -- owns every object; nobody can be it from outside
            ('atalaya_migrate', 'login'),   -- becomes the owner during an upgrade, by SET ROLE only
            ('atalaya_app',     'login'),   -- the server's requests
            ('atalaya_auth',    'login'),   -- look-ups before the caller is known, through functions only
            ('atalaya_sched',   'login'),   -- the job directory
            ('atalaya_signer',  'login')    -- the process that signs checkpoints, through functions only
        ) as role (name, login)
    loop
        if not exists (select from pg_roles where rolname = wanted.name) then
            execute format('create role %I', wanted.name);
        end if;
        execute format('alter role %I %s nosuperuser nobypassrls nocreatedb nocreaterole noreplication noinherit',
                       wanted.name, wanted.login);
    end loop;

    -- Every name in a statement is qualified. Just-in-time compilation costs more than our short statements take.
    for wanted in select unnest(array['atalaya_app', 'atalaya_auth', 'atalaya_sched', 'atalaya_signer']) as name
    loop
        execute format('alter role %I set search_path = pg_catalog', wanted.name);
        execute format('alter role %I set jit = off', wanted.name);
        execute format('alter role %I set statement_timeout = ''15s''', wanted.name);
        execute format('alter role %I set lock_timeout = ''5s''', wanted.name);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''15s''', wanted.name);
    end loop;
end $$;
grant atalaya_owner to atalaya_migrate;

-- section: database
do $$
declare
    name text;
    routine regprocedure;
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('revoke all on database %I from atalaya_app, atalaya_auth, atalaya_sched, atalaya_signer',
                   current_database());
    execute format('grant connect on database %I to atalaya_migrate, atalaya_app, atalaya_auth, atalaya_sched, '
                   'atalaya_signer', current_database());

    foreach name in array array['ctl', 'ctx', 'idn', 'aud', 'app', 'glob'] loop
        if not exists (select from pg_namespace where nspname = name) then
            execute format('create schema %I', name);
        end if;
        execute format('alter schema %I owner to atalaya_owner', name);
        execute format('revoke all on schema %I from public', name);
    end loop;

    -- A large object belongs to nobody's team and is readable across all of them.
    for routine in
        select oid from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and (proname ~ '^lo_' or proname in ('loread', 'lowrite'))
    loop
        execute format('revoke execute on function %s from public', routine);
    end loop;
end $$;
revoke all on schema public from public;
-- What other sessions are running is content of other teams.
revoke select on pg_stat_activity from public;
revoke execute on function pg_stat_get_activity(int) from public;
revoke execute on function pg_stat_get_backend_activity(int) from public;
-- A function of ours is called by those whom its migration names.
alter default privileges for role atalaya_owner revoke execute on functions from public;
alter default privileges for role atalaya_owner revoke usage on types from public;
