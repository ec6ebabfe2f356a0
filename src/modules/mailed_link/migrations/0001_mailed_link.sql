-- What an account does by a link that was sent to its address. Of a token only its SHA-256 is kept. Like accounts they
-- belong to no team.

-- One for each account: a new one takes the place of the old one.
create table idn.password_resets (
    user_id uuid primary key references idn.users (id) on delete cascade,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null
);
select ctl.protect('idn.password_resets', 'platform');
select ctl.leave_unaudited('idn.password_resets', 'lives for an hour; that it was asked for and used are events');

create table idn.email_changes (
    user_id uuid primary key references idn.users (id) on delete cascade,
    old_token_hash bytea not null unique check (octet_length(old_token_hash) = 32),
    new_token_hash bytea not null unique check (octet_length(new_token_hash) = 32),
    old_confirmed boolean not null default false,
    new_confirmed boolean not null default false,
    expires_at timestamptz not null,
    body bytea not null -- sealed: the new address
);
select ctl.protect('idn.email_changes', 'platform');
select ctl.leave_unaudited('idn.email_changes', 'lives for a day; that it was asked for and done are events');

-- Whose link it is, before anybody is known.
create policy lookup on idn.password_resets for select to atalaya_owner using (true);
create policy lookup on idn.email_changes for select to atalaya_owner using (true);

-- A password that was set later has made the link void.
create function idn.find_password_reset(token_hash bytea, moment timestamptz) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
    select r.user_id from idn.password_resets r join idn.passwords p on p.user_id = r.user_id
    where r.token_hash = $1 and r.expires_at > $2 and p.changed_at <= r.created_at
$$;

create function idn.find_email_change(token_hash bytea, moment timestamptz) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
    select c.user_id from idn.email_changes c where $1 in (c.old_token_hash, c.new_token_hash) and c.expires_at > $2
$$;

revoke execute on function idn.find_password_reset(bytea, timestamptz), idn.find_email_change(bytea, timestamptz)
    from public;
grant execute on function idn.find_password_reset(bytea, timestamptz), idn.find_email_change(bytea, timestamptz)
    to atalaya_auth;
