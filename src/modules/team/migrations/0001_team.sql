-- Teams (a team is a tenant) and who belongs to them.

create table app.teams (
    team_id uuid primary key,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    require_2fa boolean not null default false,
    session_idle_minutes integer check (session_idle_minutes > 0), -- null: as the installation says
    session_hours integer check (session_hours > 0),
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

-- What jobs, the checks at start and the admission of a request know of a team: that it exists, and what it demands of
-- a session.
create table ctl.team_directory (
    team_id uuid primary key,
    created_at timestamptz not null,
    require_2fa boolean not null,
    session_idle_minutes integer,
    session_hours integer
);
create function ctl.enter_team() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op = 'DELETE' then
        delete from ctl.team_directory where team_id = old.team_id;
    elsif tg_op = 'INSERT' then
        insert into ctl.team_directory (team_id, created_at, require_2fa, session_idle_minutes, session_hours)
        values (new.team_id, new.created_at, new.require_2fa, new.session_idle_minutes, new.session_hours);
    else
        update ctl.team_directory
        set require_2fa = new.require_2fa, session_idle_minutes = new.session_idle_minutes,
            session_hours = new.session_hours
        where team_id = new.team_id;
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_team() from public;
create trigger directory after insert or delete or update of require_2fa, session_idle_minutes, session_hours
    on app.teams for each row execute function ctl.enter_team();
grant select on ctl.team_directory to atalaya_sched;

-- The teams of the actor, with what each demands of a session.
create policy lookup on idn.members for select to atalaya_owner using (true);
create function idn.list_memberships()
returns table (team_id uuid, role text, require_2fa boolean, session_idle_minutes integer, session_hours integer)
language sql stable security definer set search_path = pg_catalog as $$
    select m.team_id, m.role, d.require_2fa, d.session_idle_minutes, d.session_hours
    from idn.members m join ctl.team_directory d on d.team_id = m.team_id
    where m.user_id = ctx.actor() order by m.team_id
$$;
revoke execute on function idn.list_memberships() from public;
grant execute on function idn.list_memberships() to atalaya_auth;

-- A place in the team that is kept for whoever has the token and the address. Of the token only its SHA-256 is kept.
create table app.invitations (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
    state text not null default 'open' check (state in ('open', 'accepted', 'revoked', 'expired')),
    email_index bytea not null check (octet_length(email_index) = 32),
    token_hash bytea not null check (octet_length(token_hash) = 32),
    invited_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    body bytea not null, -- sealed: the address
    unique (team_id, id)
);
create unique index invitations_open on app.invitations (team_id, email_index) where state = 'open';
select ctl.protect('app.invitations');
select ctl.audit('app.invitations');

-- The way from a token to its invitation for whoever does not know the team yet; like that of agents.
create table ctl.invitation_directory (
    token_hash bytea primary key,
    team_id uuid not null,
    id uuid not null
);
create function ctl.enter_invitation() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op <> 'INSERT' then
        delete from ctl.invitation_directory where token_hash = old.token_hash;
    end if;
    if tg_op <> 'DELETE' and new.state = 'open' then
        insert into ctl.invitation_directory values (new.token_hash, new.team_id, new.id);
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_invitation() from public;
create trigger directory after insert or update or delete on app.invitations
    for each row execute function ctl.enter_invitation();

create function idn.find_invitation(token_hash bytea) returns table (team_id uuid, id uuid)
language sql stable security definer set search_path = pg_catalog as $$
    select d.team_id, d.id from ctl.invitation_directory d where d.token_hash = $1
$$;
revoke execute on function idn.find_invitation(bytea) from public;
grant execute on function idn.find_invitation(bytea) to atalaya_auth;
