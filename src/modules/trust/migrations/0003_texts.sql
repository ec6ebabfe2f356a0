-- What operators say on the Trust page in their own words. Public, so it is not sealed; every version stays.
create table idn.public_texts (
    kind text not null check (kind in ('roles', 'subprocessors', 'agreement', 'compliance', 'acknowledgements', 'roadmap')),
    version bigint not null check (version > 0), -- 0 is what the program brings
    published_at timestamptz not null default now(),
    content text not null check (length(content) between 1 and 50000),
    primary key (kind, version)
);
select ctl.protect('idn.public_texts', 'platform', 'select, insert');
select ctl.audit('idn.public_texts');

-- Which agreements a team has accepted.
create table app.agreement_acceptances (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    version bigint not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'), -- of its words
    accepted_at timestamptz not null default now(),
    accepted_by uuid not null,
    primary key (team_id, version, sha256)
);
select ctl.protect('app.agreement_acceptances', 'team', 'select, insert');
select ctl.audit('app.agreement_acceptances');
