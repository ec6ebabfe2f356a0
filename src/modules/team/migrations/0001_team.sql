-- Teams (a team is a tenant) and who belongs to them.

create table app.teams (
    team_id uuid primary key,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    require_2fa boolean not null default false,
    body bytea not null -- sealed: the name
);
select ctl.protect('app.teams');
select ctl.audit('app.teams');

-- A member reads the rows of the team, and of other teams only the own one: the list of teams to choose from.
create table idn.members (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    user_id uuid not null references idn.users (id) on delete cascade,
    role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
    joined_at timestamptz not null default now(),
    primary key (team_id, user_id)
);
create index members_by_user on idn.members (user_id);
select ctl.protect('idn.members', 'member');
select ctl.audit('idn.members');

create policy lookup on idn.members for select to atalaya_owner using (true);
create function idn.list_memberships() returns table (team_id uuid, role text)
language sql stable security definer set search_path = pg_catalog as $$
    select m.team_id, m.role from idn.members m where m.user_id = ctx.actor() order by m.team_id
$$;
revoke execute on function idn.list_memberships() from public;
grant execute on function idn.list_memberships() to atalaya_auth;

-- What jobs and the checks at start know of a team: that it exists.
create table ctl.team_directory (
    team_id uuid primary key,
    created_at timestamptz not null
);
create function ctl.enter_team() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'DELETE' then
        delete from ctl.team_directory where team_id = old.team_id;
    else
        insert into ctl.team_directory (team_id, created_at) values (new.team_id, new.created_at);
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_team() from public;
create trigger directory after insert or delete on app.teams for each row execute function ctl.enter_team();
grant select on ctl.team_directory to atalaya_sched;
