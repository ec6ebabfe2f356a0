-- Examples, each with a name that is unique in its team.

create table app.examples (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    name_index bytea not null check (octet_length(name_index) = 32),
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    body bytea not null, -- sealed: name, note
    unique (team_id, id),
    constraint examples_name unique (team_id, name_index)
);
select ctl.protect('app.examples');
select ctl.audit('app.examples');
