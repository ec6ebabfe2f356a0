-- The agreement under which a team was made, with its very words: those of version 0 are the program's, and another
-- program may bring others.
create table app.agreement_issues (
    team_id uuid primary key references app.teams (team_id) on delete cascade,
    version bigint not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    issued_at timestamptz not null default now(),
    content text not null check (length(content) between 1 and 50000)
);
select ctl.protect('app.agreement_issues', 'team', 'select, insert');
select ctl.audit('app.agreement_issues');
