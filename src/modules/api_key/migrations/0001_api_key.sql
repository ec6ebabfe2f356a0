-- API keys of a team. Of the secret only a fingerprint and a slow verifier are kept; name, addresses and origins lie
-- sealed under the team's key.

create table app.api_keys (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    public_id text not null check (public_id ~ '^[0-9A-Za-z]{16}$'),
    env text not null check (env in ('live', 'test')),
    state text not null default 'pending' check (state in ('pending', 'active', 'revoked')),
    fingerprint bytea not null check (octet_length(fingerprint) = 8),
    verifier text, -- null once it is revoked
    scopes text[] not null,
    origin_indexes bytea[] not null, -- HMAC of each origin that may use it
    created_by uuid not null,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    expires_at timestamptz,
    body bytea not null, -- sealed: name, addresses, origins
    unique (team_id, id),
    check ((verifier is null) = (state = 'revoked'))
);
select ctl.protect('app.api_keys');
select ctl.audit('app.api_keys');

-- Changes with the requests, so it is no configuration and stands apart from the audited key.
create table app.api_key_uses (
    team_id uuid not null,
    key_id uuid not null,
    last_used_at timestamptz not null,
    body bytea not null, -- sealed: the address
    primary key (team_id, key_id),
    foreign key (team_id, key_id) references app.api_keys (team_id, id) on delete cascade
) with (fillfactor = 50);
select ctl.protect('app.api_key_uses');
select ctl.leave_unaudited('app.api_key_uses', 'the time of last use; changes with the requests');

-- The way from a key's public id to its team for whoever does not know the team yet, and the origins from which
-- browsers may ask at all. Filled by a trigger from the audited table above.
create table ctl.api_key_directory (
    public_id text primary key,
    team_id uuid not null,
    key_id uuid not null,
    active boolean not null,
    expires_at timestamptz,
    origin_indexes bytea[] not null
);
create index api_key_directory_origins on ctl.api_key_directory using gin (origin_indexes);
create function ctl.enter_api_key() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_op <> 'INSERT' then
        delete from ctl.api_key_directory where public_id = old.public_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into ctl.api_key_directory (public_id, team_id, key_id, active, expires_at, origin_indexes)
        values (new.public_id, new.team_id, new.id, new.state = 'active', new.expires_at, new.origin_indexes);
    end if;
    return null;
end $$;
revoke execute on function ctl.enter_api_key() from public;
create trigger directory after insert or update or delete on app.api_keys
    for each row execute function ctl.enter_api_key();

create function idn.find_api_key(public_id text) returns table (team_id uuid, key_id uuid)
language sql stable security definer set search_path = pg_catalog as $$
    select d.team_id, d.key_id from ctl.api_key_directory d where d.public_id = $1
$$;

create function idn.is_api_key_origin(origin_index bytea) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from ctl.api_key_directory d
                   where d.origin_indexes @> array[$1] and d.active and (d.expires_at is null or d.expires_at > now()))
$$;

-- The rest runs as the owner too, whom the guard binds to the context's team: the key, and what its maker may do now.
create policy lookup on app.api_keys for select to atalaya_owner using (true);
create policy lookup on app.api_key_uses for all to atalaya_owner using (true) with check (true);
create policy api_key_lookup on app.teams for select to atalaya_owner using (true);

create function idn.get_api_key(key_id uuid)
returns table (state text, fingerprint bytea, verifier text, scopes text[], created_by uuid, expires_at timestamptz,
               body bytea, role text, require_2fa boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select k.state, k.fingerprint, k.verifier, k.scopes, k.created_by, k.expires_at, k.body, m.role, t.require_2fa
    from app.api_keys k
    join app.teams t on t.team_id = k.team_id
    left join idn.members m on m.team_id = k.team_id and m.user_id = k.created_by
    where k.team_id = ctx.team() and k.id = $1
$$;

-- In the context of no team: an account that an operator keeps shut takes its keys along, and where the team demands a
-- second factor the maker must have one.
create policy api_key_lookup on idn.totp for select to atalaya_owner using (true);
create function idn.get_key_maker(user_id uuid) returns table (open boolean, second_factor boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from idn.users u where u.id = $1 and u.disabled_at is null),
           exists (select from idn.totp t where t.user_id = $1 and t.confirmed_at is not null)
$$;

create function idn.note_api_key_use(key_id uuid, body bytea) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into app.api_key_uses (team_id, key_id, last_used_at, body)
    select k.team_id, k.id, now(), $2 from app.api_keys k where k.team_id = ctx.team() and k.id = $1
    on conflict (team_id, key_id) do update set last_used_at = excluded.last_used_at, body = excluded.body
$$;

revoke execute on function idn.find_api_key(text), idn.is_api_key_origin(bytea), idn.get_api_key(uuid),
    idn.get_key_maker(uuid), idn.note_api_key_use(uuid, bytea) from public;
grant execute on function idn.find_api_key(text), idn.is_api_key_origin(bytea), idn.get_api_key(uuid),
    idn.get_key_maker(uuid), idn.note_api_key_use(uuid, bytea) to atalaya_auth;
