-- Accounts, their passwords and sessions. They belong to no team: every table is of the kind `platform`, seen only in the
-- context of no team. What identifies a person (name, e-mail, address, browser) lies sealed under that person's key.

create table idn.users (
    id uuid primary key,
    email_index bytea not null unique check (octet_length(email_index) = 32), -- HMAC of the normalised address
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    disabled_at timestamptz, -- since when an operator keeps the account shut
    body bytea not null
);
select ctl.protect('idn.users', 'platform');
select ctl.audit('idn.users');

-- Who runs the installation: sees accounts and how many teams there are, and what is in a team only by breaking glass.
create table idn.operators (
    user_id uuid primary key references idn.users (id) on delete cascade,
    created_at timestamptz not null default now()
);
select ctl.protect('idn.operators', 'platform');
select ctl.audit('idn.operators');

-- Apart from idn.users, so that whoever reads names never has a hash in hand.
create table idn.passwords (
    user_id uuid primary key references idn.users (id) on delete cascade,
    hash text not null,
    changed_at timestamptz not null default now()
);
select ctl.protect('idn.passwords', 'platform');
select ctl.audit('idn.passwords');

create table idn.sessions (
    id uuid primary key,
    user_id uuid not null references idn.users (id) on delete cascade,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    assured_at timestamptz not null,                -- when the person last proved to be present
    remembered boolean not null,                    -- the cookie outlives the browser
    second_factor boolean not null,                 -- opened with one
    body bytea not null
);
create index sessions_by_user on idn.sessions (user_id);
select ctl.protect('idn.sessions', 'platform');
select ctl.audit('idn.sessions');

-- Changes with every request, so it is no configuration and stands apart from the audited session.
create table idn.session_uses (
    session_id uuid primary key references idn.sessions (id) on delete cascade,
    last_used_at timestamptz not null
) with (fillfactor = 50);
select ctl.protect('idn.session_uses', 'platform');
select ctl.leave_unaudited('idn.session_uses', 'the time of last use; changes with every request');

-- Failed attempts, counted by account, by address and by the pair; the key is a blind index of one of them.
create table idn.attempts (
    key bytea primary key check (octet_length(key) = 32),
    failures integer not null,
    blocked_until timestamptz,
    updated_at timestamptz not null default now()
);
select ctl.protect('idn.attempts', 'platform');
select ctl.leave_unaudited('idn.attempts', 'counters; the failures themselves are events');

-- Look-ups before the caller is known: one row for an exact key and nothing else. They run as the owner, and the guard
-- binds the owner too: they see something in the context of no team only.
create policy lookup on idn.users for select to atalaya_owner using (true);
create policy lookup on idn.operators for select to atalaya_owner using (true);
create policy lookup on idn.passwords for select to atalaya_owner using (true);
create policy lookup on idn.sessions for select to atalaya_owner using (true);
create policy lookup on idn.session_uses for all to atalaya_owner using (true) with check (true);
create policy lookup on idn.attempts for all to atalaya_owner using (true) with check (true);

create function idn.find_session(token_hash bytea)
returns table (session_id uuid, user_id uuid, created_at timestamptz, expires_at timestamptz, last_used_at timestamptz,
               assured_at timestamptz, second_factor boolean, is_operator boolean, user_body bytea)
language sql stable security definer set search_path = pg_catalog as $$
    select s.id, s.user_id, s.created_at, s.expires_at, coalesce(l.last_used_at, s.created_at),
           s.assured_at, s.second_factor, exists (select from idn.operators o where o.user_id = u.id), u.body
    from idn.sessions s
    join idn.users u on u.id = s.user_id
    left join idn.session_uses l on l.session_id = s.id
    where s.token_hash = $1 and s.expires_at > now() and u.disabled_at is null
$$;

create function idn.find_login(email_index bytea) returns table (user_id uuid, hash text)
language sql stable security definer set search_path = pg_catalog as $$
    select p.user_id, p.hash from idn.users u join idn.passwords p on p.user_id = u.id
    where u.email_index = $1 and u.disabled_at is null
$$;

create function idn.find_block(keys bytea[]) returns timestamptz
language sql stable security definer set search_path = pg_catalog as $$
    select max(blocked_until) from idn.attempts where key = any ($1) and blocked_until > now()
$$;

-- Five attempts are free; then the wait doubles from a second up to a quarter of an hour. An hour of quiet forgets.
create function idn.count_failure(keys bytea[]) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into idn.attempts as a (key, failures)
    select k, 1 from unnest($1) as k order by k
    on conflict (key) do update set
        failures = case when a.updated_at < now() - interval '1 hour' then 1 else a.failures + 1 end,
        blocked_until = case
            when a.updated_at < now() - interval '1 hour' or a.failures < 5 then null
            else now() + least(interval '15 minutes', interval '1 second' * power(2, least(a.failures - 5, 10))) end,
        updated_at = now()
$$;

-- The same before the attempt is judged, in one step, so that many attempts at once are counted one by one: takes one
-- and gives null, or gives until when there are none to take.
create function idn.take_attempt(key bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    until timestamptz;
begin
    insert into idn.attempts as a (key, failures) values ($1, 0) on conflict do nothing;
    select a.blocked_until into until from idn.attempts a where a.key = $1 for update;
    if until > clock_timestamp() then
        return until;
    end if;
    perform idn.count_failure(array[$1]);
    return null;
end $$;

create function idn.clear_failures(keys bytea[]) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    delete from idn.attempts where key = any ($1)
$$;

create function idn.touch_session(session_id uuid) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into idn.session_uses (session_id, last_used_at)
    select id, now() from idn.sessions where id = $1
    on conflict (session_id) do update set last_used_at = excluded.last_used_at
$$;

revoke execute on function idn.find_session(bytea), idn.find_login(bytea), idn.find_block(bytea[]),
    idn.count_failure(bytea[]), idn.take_attempt(bytea), idn.clear_failures(bytea[]), idn.touch_session(uuid) from public;
grant execute on function idn.find_session(bytea), idn.find_login(bytea), idn.find_block(bytea[]),
    idn.count_failure(bytea[]), idn.take_attempt(bytea), idn.clear_failures(bytea[]), idn.touch_session(uuid) to atalaya_auth;
