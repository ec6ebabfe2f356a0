-- People who are being erased, and what became of those who were. While it is under way the row knows whom it is about;
-- what is left afterwards names nobody.
create table idn.erasures (
    id uuid primary key,
    person uuid unique, -- null once it is done
    basis text not null check (basis in ('no_longer_needed', 'consent_withdrawn', 'objection', 'unlawful',
                                         'legal_obligation', 'entered_by_mistake')),
    by_operator boolean not null,
    asked_at timestamptz not null default now(),
    done_at timestamptz,
    body bytea, -- sealed under the person's key: name and address, to be looked for; absent without them
    check ((person is null) = (done_at is not null)),
    check (person is not null or body is null)
);
select ctl.protect('idn.erasures', 'platform', 'select, insert, update');
select ctl.audit('idn.erasures');

-- How far it has come in each chain, so that it goes on from there; in the end, the receipt.
create table idn.erasure_chains (
    erasure_id uuid not null references idn.erasures (id),
    chain_id uuid not null,            -- of a team; nil: the platform's own
    after_seq bigint not null default 0, -- all events up to this one were looked at
    bodies bigint not null default 0,
    tombstones bigint[] not null default '{}',
    primary key (erasure_id, chain_id)
);
select ctl.protect('idn.erasure_chains', 'platform', 'select, insert, update');
select ctl.leave_unaudited('idn.erasure_chains', 'how far an erasure has come; whatever it erases is an event');
