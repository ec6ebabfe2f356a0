-- Second factors of accounts. Like accounts they belong to no team.

-- A seed counts once it was confirmed with a code. The last step whose code was used only grows, in one statement: no
-- code is good twice, whoever is first.
create table idn.totp (
    user_id uuid primary key references idn.users (id) on delete cascade,
    seed bytea not null, -- sealed under the person's key
    last_step bigint not null default 0,
    created_at timestamptz not null default now(),
    confirmed_at timestamptz
);
select ctl.protect('idn.totp', 'platform');
select ctl.audit('idn.totp');

create table idn.recovery_codes (
    user_id uuid not null references idn.totp (user_id) on delete cascade,
    number smallint not null check (number between 1 and 99),
    hash text not null,
    used_at timestamptz,
    primary key (user_id, number)
);
select ctl.protect('idn.recovery_codes', 'platform');
select ctl.audit('idn.recovery_codes');

-- Whoever gave the right password and owes the second factor. Of the token only its SHA-256 is kept.
create table idn.pending_logins (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    user_id uuid not null references idn.users (id) on delete cascade,
    remember boolean not null,
    expires_at timestamptz not null
);
create index pending_logins_by_user on idn.pending_logins (user_id);
select ctl.protect('idn.pending_logins', 'platform');
select ctl.leave_unaudited('idn.pending_logins', 'lives for minutes; the log-in or its failure is the event');

-- Whatever opens a session: an account with a second factor gets none without it. The lock makes this hold while the
-- factor is being set up.
create function idn.demand_second_factor() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform from idn.users where id = new.user_id for key share;
    if not new.second_factor
            and exists (select from idn.totp t where t.user_id = new.user_id and t.confirmed_at is not null) then
        raise exception 'a session without the second factor of its account' using errcode = '42501';
    end if;
    return new;
end $$;
revoke execute on function idn.demand_second_factor() from public;
create trigger second_factor before insert or update on idn.sessions
    for each row execute function idn.demand_second_factor();
alter table idn.sessions enable always trigger second_factor;
