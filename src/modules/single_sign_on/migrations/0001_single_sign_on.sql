-- Single sign-on: a team's connection to its provider, who came by one, and what a session knows of it.

create table app.sso_connections (
    team_id uuid primary key references app.teams (team_id) on delete cascade,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    sso_only boolean not null,       -- members other than owners enter by it alone
    domain_indexes bytea[] not null, -- blind indexes of the domains whose addresses it is for
    body bytea not null              -- sealed: the provider, our secret there, and the rules
);
select ctl.protect('app.sso_connections');
select ctl.audit('app.sso_connections');

-- From what a provider calls somebody to the account. Under the nil id: by the installation's own connection. The index
-- is an HMAC over issuer and subject, so that a provider's word is good for its own connection and no other.
create table app.sso_identities (
    team_id uuid not null,
    identity_index bytea not null check (octet_length(identity_index) = 32),
    user_id uuid not null references idn.users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (team_id, identity_index)
);
create index sso_identities_by_user on app.sso_identities (team_id, user_id);
select ctl.protect('app.sso_identities');
select ctl.audit('app.sso_identities');

-- A begun log-in ends once. What it was lies sealed in the browser's cookie until then.
create table idn.sso_arrivals (
    flow_id uuid primary key,
    expires_at timestamptz not null
);
select ctl.protect('idn.sso_arrivals', 'platform');
select ctl.leave_unaudited('idn.sso_arrivals', 'lives for minutes; the log-in or its failure is the event');

-- What admission and the log-in page know of a team's connection before anybody is known.
create table ctl.sso_directory (
    team_id uuid primary key,
    sso_only boolean not null,
    domain_indexes bytea[] not null
);
create index sso_directory_by_domain on ctl.sso_directory using gin (domain_indexes);
create function ctl.enter_sso_connection() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op <> 'INSERT' then
        delete from ctl.sso_directory where team_id = old.team_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into ctl.sso_directory values (new.team_id, new.sso_only, new.domain_indexes);
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_sso_connection() from public;
create trigger directory after insert or update or delete on app.sso_connections
    for each row execute function ctl.enter_sso_connection();

-- The only connection that names the domain; of two, neither.
create function idn.find_sso_team(domain_index bytea) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
    select case when count(*) = 1 then min(team_id::text)::uuid end
    from ctl.sso_directory where domain_indexes @> array[$1]
$$;
revoke execute on function idn.find_sso_team(bytea) from public;
grant execute on function idn.find_sso_team(bytea) to atalaya_auth;

-- The team by whose own provider the session was opened. No foreign key: a session of a team that is gone sees nothing.
alter table idn.sessions add column sso_team uuid;
create index sessions_by_sso_team on idn.sessions (sso_team) where sso_team is not null;
alter table idn.pending_logins add column by_sso boolean not null default false, add column sso_team uuid;

drop function idn.find_session(bytea);
create function idn.find_session(token_hash bytea)
returns table (session_id uuid, user_id uuid, created_at timestamptz, expires_at timestamptz, last_used_at timestamptz,
               assured_at timestamptz, second_factor boolean, is_operator boolean, sso_team uuid, user_body bytea)
language sql stable security definer set search_path = pg_catalog as $$
    select s.id, s.user_id, s.created_at, s.expires_at, coalesce(l.last_used_at, s.created_at),
           s.assured_at, s.second_factor, exists (select from idn.operators o where o.user_id = u.id), s.sso_team, u.body
    from idn.sessions s
    join idn.users u on u.id = s.user_id
    left join idn.session_uses l on l.session_id = s.id
    where s.token_hash = $1 and s.expires_at > now() and u.disabled_at is null
$$;

drop function idn.list_memberships();
create function idn.list_memberships()
returns table (team_id uuid, role text, require_2fa boolean, session_idle_minutes integer, session_hours integer,
               sso_only boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select m.team_id, m.role, d.require_2fa, d.session_idle_minutes, d.session_hours,
           m.own and coalesce(s.sso_only, false)
    from (
        select o.team_id, o.role, true as own from idn.members o where o.user_id = ctx.actor()
        union all
        select distinct g.team_id, 'viewer', false from idn.break_glass g
        where g.user_id = ctx.actor() and g.expires_at > now() and g.ended_at is null
          and exists (select from idn.operators p where p.user_id = g.user_id)
          and not exists (select from idn.members o where o.team_id = g.team_id and o.user_id = g.user_id)
    ) m
    join ctl.team_directory d on d.team_id = m.team_id
    left join ctl.sso_directory s on s.team_id = m.team_id
    order by m.team_id
$$;
revoke execute on function idn.find_session(bytea), idn.list_memberships() from public;
grant execute on function idn.find_session(bytea), idn.list_memberships() to atalaya_auth;
