-- Servers as their owners describe them, the tokens of their agents, and apart from both what agents reported.

create table app.servers (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    name_index bytea not null check (octet_length(name_index) = 32),
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    body bytea not null, -- sealed: name, note
    unique (team_id, id),
    constraint servers_name unique (team_id, name_index)
);
select ctl.protect('app.servers');
select ctl.audit('app.servers');

-- Report, not configuration: changes with every push.
create table app.server_states (
    team_id uuid not null,
    server_id uuid not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    agent_version text,
    dropped_ticks bigint not null default 0,
    facts bytea, -- sealed: hostname, operating system, addresses
    primary key (team_id, server_id),
    foreign key (team_id, server_id) references app.servers (team_id, id) on delete cascade
) with (fillfactor = 50);
select ctl.protect('app.server_states');
select ctl.leave_unaudited('app.server_states', 'what agents report; changes with every push');

-- One token for a server. Only its SHA-256 is kept, and the server it speaks for never changes.
create table idn.agent_tokens (
    team_id uuid not null,
    server_id uuid not null,
    token_hash bytea not null check (octet_length(token_hash) = 32),
    created_at timestamptz not null default now(),
    primary key (team_id, server_id),
    foreign key (team_id, server_id) references app.servers (team_id, id) on delete cascade
);
select ctl.protect('idn.agent_tokens');
select ctl.audit('idn.agent_tokens');

-- The way from a token to its server for whoever does not know the team yet. Filled by a trigger from the
-- audited table above, and read by one function that wants the exact hash.
create table ctl.agent_directory (
    token_hash bytea primary key,
    team_id uuid not null,
    server_id uuid not null
);
create function ctl.enter_agent() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op <> 'INSERT' then
        delete from ctl.agent_directory where token_hash = old.token_hash;
    end if;
    if tg_op <> 'DELETE' then
        insert into ctl.agent_directory values (new.token_hash, new.team_id, new.server_id);
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_agent() from public;
create trigger directory after insert or update or delete on idn.agent_tokens
    for each row execute function ctl.enter_agent();

create function idn.find_agent(token_hash bytea) returns table (team_id uuid, server_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
    select d.team_id, d.server_id from ctl.agent_directory d where d.token_hash = $1
$$;
revoke execute on function idn.find_agent(bytea) from public;
grant execute on function idn.find_agent(bytea) to atalaya_auth;
