-- name: selftest
-- One row for each breach of the walls: which rule, which object. Runs as atalaya_app at every start; any row, and
-- the server refuses to serve. What is allowed stands as data in ctl.tables, written by the migrations.
with
cfg as (select 'atalaya_app'::regrole as app),
runtime as (
    select oid, rolname from pg_roles where rolname in ('atalaya_app', 'atalaya_auth', 'atalaya_sched', 'atalaya_signer')
),
rel as (
    select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name, d.kind, d.audited
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join ctl.tables d on d.name = format('%I.%I', n.nspname, c.relname)
    where c.relkind in ('r', 'p') and n.nspname in ('app', 'idn', 'aud', 'glob')
),
ten as (
    select r.*, a.attnum as tk, a.attnotnull as tk_nn
    from rel r
    join pg_attribute a on a.attrelid = r.oid and a.attname = 'team_id' and not a.attisdropped
),
fenced as (
    select r.*, case r.nspname when 'aud' then 'record' else coalesce(root.kind, r.kind, 'team') end as fence
    from rel r
    left join pg_partition_root(r.oid) as top (oid) on r.relispartition
    left join rel root on root.oid = top.oid
    where r.kind is distinct from 'global'
),
policy as (
    select p.*, f.name as rn, f.fence, pg_get_expr(p.polqual, p.polrelid) as sees,
           pg_get_expr(p.polwithcheck, p.polrelid) as writes
    from pg_policy p
    join fenced f on f.oid = p.polrelid
),
-- As PostgreSQL prints them back. A guard that says anything else, however sensible, is looked at by a person first.
guard_text(fence, sees, writes) as (values
    ('team', '(team_id = ( SELECT ctx.team() AS team))', '(team_id = ( SELECT ctx.team() AS team))'),
    ('platform', '(( SELECT ctx.team() AS team) = ''00000000-0000-0000-0000-000000000000''::uuid)',
                 '(( SELECT ctx.team() AS team) = ''00000000-0000-0000-0000-000000000000''::uuid)'),
    ('member', '((team_id = ( SELECT ctx.team() AS team)) OR (user_id = ( SELECT ctx.actor() AS actor)))',
               '(team_id = ( SELECT ctx.team() AS team))'),
    ('record',
     '((( SELECT CURRENT_USER AS "current_user") = ''atalaya_owner''::name) OR (team_id = ( SELECT ctx.team() AS team)))',
     '((( SELECT CURRENT_USER AS "current_user") = ''atalaya_owner''::name) OR (team_id = ( SELECT ctx.team() AS team)))')
),
definer as (
    select p.* from pg_proc p
    where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
),
demand as (
    select t.*, p.proname from pg_trigger t
    join pg_proc p on p.oid = t.tgfoid
    where p.pronamespace = 'aud'::regnamespace
)
select 'version' as rule, current_setting('server_version') as object
    where current_setting('server_version_num')::int < 150014
union all
select 'table-without-team_id', r.name from rel r
    where not exists (select from ten t where t.oid = r.oid)
      and (r.kind is null or r.kind not in ('global', 'platform') or (r.kind = 'platform' and r.nspname <> 'idn'))
      and not r.relispartition
union all
select 'team_id-nullable', name from ten where not tk_nn
union all
select 'rls-not-enabled-or-forced', name from fenced
    where not (relrowsecurity and relforcerowsecurity)
union all
select 'no-restrictive-guard', f.name from fenced f
    where not exists (
        select from policy p
        join guard_text g on g.fence = p.fence and g.sees = p.sees and g.writes = p.writes
        where p.polrelid = f.oid and not p.polpermissive and p.polcmd = '*' and 0 = any (p.polroles))
union all
select 'policy-without-with-check', rn || '.' || polname from policy
    where polcmd in ('*', 'a', 'w') and polwithcheck is null
union all
select 'permissive-true-policy', rn || '.' || polname from policy p
    where polpermissive and (sees = 'true' or writes = 'true')
      and not exists (select from pg_policy g
                      where g.polrelid = p.polrelid and not g.polpermissive and g.polcmd = '*' and 0 = any (g.polroles))
union all
select 'policy-function-immutable', p.rn || '.' || p.polname || ' -> ' || f.oid::regprocedure from policy p
    join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
    join pg_proc f on f.oid = d.refobjid and f.provolatile = 'i' and f.pronamespace <> 'pg_catalog'::regnamespace
union all
select 'partition-reachable-by-app', t.name from ten t, runtime r
    where t.relispartition and has_table_privilege(r.oid, t.oid, 'select, insert, update, delete')
union all
select 'app-has-truncate/references/trigger', f.name from rel f, runtime r
    where has_table_privilege(r.oid, f.oid, 'truncate, references, trigger')
union all
select 'view-not-security_invoker', c.oid::regclass::text from pg_class c
    where c.relkind = 'v' and c.relnamespace::regnamespace::text in ('app', 'idn', 'aud', 'ctl', 'ctx', 'glob')
      and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false)
union all
select 'matview-reachable-by-app', c.oid::regclass::text from pg_class c, runtime r
    where c.relkind = 'm' and has_table_privilege(r.oid, c.oid, 'select')
union all
select 'fk-not-tenant-composite', con.conname || ' on ' || t.name from pg_constraint con
    join ten t on t.oid = con.conrelid
    join ten r on r.oid = con.confrelid
    where con.contype = 'f'
      and not exists (select from generate_subscripts(con.conkey, 1) i
                      where con.conkey[i] = t.tk and con.confkey[i] = r.tk)
union all
select 'unique-not-tenant-prefixed', i.indexrelid::regclass::text from pg_index i
    join ten t on t.oid = i.indrelid
    where i.indisunique and i.indkey[0] <> t.tk
      and not (i.indnkeyatts = 1 and i.indkey[0] <> 0
               and (select a.atttypid from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0])
                   in ('uuid'::regtype, 'int8'::regtype))
union all
select 'secdef-without-search_path', oid::regprocedure::text from definer
    where not coalesce(exists (select from unnest(proconfig) c where c like 'search_path=%'), false)
union all
select 'secdef-public-execute', oid::regprocedure::text from definer where has_function_privilege('public', oid, 'execute')
union all
select 'user-leakproof-function', oid::regprocedure::text from pg_proc where proleakproof and oid >= 16384
union all
select 'role-too-powerful', r.rolname from pg_roles p
    join runtime r on r.oid = p.oid
    where p.rolsuper or p.rolbypassrls or p.rolcreaterole or p.rolcreatedb or p.rolreplication
union all
select 'role-is-member-of', r.rolname || ' of ' || m.roleid::regrole from pg_auth_members m
    join runtime r on r.oid = m.member
union all
select 'app-owns', c.oid::regclass::text from pg_class c
    join runtime r on r.oid = c.relowner
union all
select 'schema-create', r.rolname || ' in ' || n.nspname from pg_namespace n, runtime r
    where n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege(r.oid, n.oid, 'create')
union all
select 'temp-privilege', r.rolname || ' in ' || current_database() from runtime r
    where has_database_privilege(r.oid, current_database(), 'temp')
union all
select 'sequence-select', s.oid::regclass::text from pg_class s, runtime r
    where s.relkind = 'S' and s.relnamespace::regnamespace::text in ('app', 'idn', 'aud')
      and has_sequence_privilege(r.oid, s.oid, 'select, update')
union all
select 'connected-as-wrong-role', session_user::text from cfg where session_user::text <> cfg.app::text
-- Beyond the walls between tenants: the record of changes.
union all
select 'table-not-decided', name from rel
    where nspname <> 'aud' and not relispartition and (kind is null or audited is null)
union all
select 'audit-trigger-missing', d.name from ctl.tables d
    where d.audited
      and not (exists (select from demand t
                       where t.tgrelid = to_regclass(d.name) and t.proname in ('demand_event', 'demand_platform_event')
                         and t.tgtype & 29 = 29 -- each row of INSERT, UPDATE, DELETE
                         and t.tgattr = ''::int2vector and t.tgqual is null and t.tgdeferrable and t.tginitdeferred)
               and exists (select from demand t
                           where t.tgrelid = to_regclass(d.name) and t.proname = 'refuse_truncate'))
union all
select 'audit-trigger-not-always', t.tgrelid::regclass || '.' || t.tgname from demand t where t.tgenabled <> 'A'
union all
select 'record-not-append-only', wanted.rel || '.' || wanted.name from (values
        ('aud.events', 'append_only_rows'), ('aud.events', 'append_only_table'),
        ('aud.payloads', 'append_only_erasure'), ('aud.payloads', 'append_only_rows'),
        ('aud.payloads', 'append_only_table'),
        ('aud.heads', 'append_only_move'), ('aud.heads', 'append_only_rows'), ('aud.heads', 'append_only_table'),
        ('aud.checkpoints', 'append_only_rows'), ('aud.checkpoints', 'append_only_table')
    ) as wanted (rel, name)
    where not exists (select from demand t
                      where t.tgrelid = to_regclass(wanted.rel) and t.tgname = wanted.name and t.tgqual is null)
union all
select 'record-writable', f.name || ' by ' || r.rolname from rel f, runtime r
    where f.nspname = 'aud' and has_table_privilege(r.oid, f.oid, 'insert, update, delete')
union all
-- The signer sees through its functions only, and nobody else may sign in its place.
select 'signer-reaches-table', f.name from rel f, runtime r
    where r.rolname = 'atalaya_signer' and has_table_privilege(r.oid, f.oid, 'select, insert, update, delete')
union all
select 'signer-function-shared', d.oid::regprocedure || ' with ' || r.rolname from definer d, runtime r
    where d.pronamespace = 'aud'::regnamespace
      and d.proname in ('signer_heads', 'signer_rows', 'publish_checkpoints', 'publish_rotations', 'set_alarms')
      and r.rolname <> 'atalaya_signer' and has_function_privilege(r.oid, d.oid, 'execute')
union all
select 'signer-missing', 'atalaya_signer' where not exists (select from runtime where rolname = 'atalaya_signer')
union all
select 'global-writable', f.name || ' by ' || r.rolname from rel f, runtime r
    where (f.kind = 'global' or f.nspname = 'glob')
      and has_table_privilege(r.oid, f.oid, 'insert, update, delete, truncate')
union all
select 'secdef-outside-its-schemas', oid::regprocedure::text from definer
    where pronamespace::regnamespace::text not in ('ctx', 'ctl', 'idn', 'aud')
order by 1, 2;
