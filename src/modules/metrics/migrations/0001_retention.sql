-- For which metrics a team keeps samples for a shorter time than everything is kept.

create table app.retention_rules (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    prefix_index bytea not null check (octet_length(prefix_index) = 32),
    days integer not null check (days >= 1),
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    body bytea not null, -- sealed: prefix
    unique (team_id, id),
    constraint retention_rules_prefix unique (team_id, prefix_index)
);
select ctl.protect('app.retention_rules');
select ctl.audit('app.retention_rules');
