-- What operators may see beside their own teams. That somebody is one stands in idn.operators, beside the accounts.

-- Breaking glass: an operator reads one team's data, with a reason and for at most an hour. The team sees its own rows,
-- the operator the own ones.
create table idn.break_glass (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    user_id uuid not null references idn.users (id) on delete cascade,
    started_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz, -- before its time
    body bytea not null,  -- sealed: reason, and the names of operator and team
    unique (team_id, id),
    check (expires_at <= started_at + interval '1 hour')
);
create index break_glass_by_user on idn.break_glass (user_id);
select ctl.protect('idn.break_glass', 'member');
select ctl.audit('idn.break_glass');
create policy lookup on idn.break_glass for select to atalaya_owner using (true);

-- The teams of the actor as before, and as viewer those that were opened by breaking glass.
create or replace function idn.list_memberships()
returns table (team_id uuid, role text, require_2fa boolean, session_idle_minutes integer, session_hours integer)
language sql stable security definer set search_path = pg_catalog as $$
    select m.team_id, m.role, d.require_2fa, d.session_idle_minutes, d.session_hours
    from (
        select o.team_id, o.role from idn.members o where o.user_id = ctx.actor()
        union all
        select distinct g.team_id, 'viewer' from idn.break_glass g
        where g.user_id = ctx.actor() and g.expires_at > now() and g.ended_at is null
          and exists (select from idn.operators p where p.user_id = g.user_id)
          and not exists (select from idn.members o where o.team_id = g.team_id and o.user_id = g.user_id)
    ) m
    join ctl.team_directory d on d.team_id = m.team_id
    order by m.team_id
$$;

-- Which teams there are, for operators only; nothing of what is in them.
create function idn.list_teams() returns table (team_id uuid, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
    select d.team_id, d.created_at from ctl.team_directory d
    where exists (select from idn.operators o where o.user_id = ctx.actor())
$$;
revoke execute on function idn.list_teams() from public;
grant execute on function idn.list_teams() to atalaya_app;

-- Whatever opens a session: a disabled account gets none.
create function idn.refuse_disabled() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    if exists (select from idn.users u where u.id = new.user_id and u.disabled_at is not null for key share) then
        raise exception 'a session of a disabled account' using errcode = '42501';
    end if;
    return new;
end $$;
revoke execute on function idn.refuse_disabled() from public;
create trigger disabled before insert on idn.sessions for each row execute function idn.refuse_disabled();
alter table idn.sessions enable always trigger disabled;
