-- Dashboards, and every version of each. What a person wrote lies in the sealed parts of a version; a dashboard itself
-- is the number of its newest version and whether it is in the trash.

create table app.dashboards (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid primary key,
    revision bigint not null default 1, -- the number of the newest version
    created_at timestamptz not null default now(),
    deleted_at timestamptz, -- in the trash since
    deleted_by uuid,
    unique (team_id, id),
    check ((deleted_at is null) = (deleted_by is null))
);
select ctl.protect('app.dashboards');
select ctl.audit('app.dashboards');

-- Only ever added to; they go with their dashboard. Lists open the summary alone.
create table app.dashboard_versions (
    team_id uuid not null,
    id uuid primary key,
    dashboard_id uuid not null,
    version bigint not null,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    summary bytea not null, -- sealed: name, description, note, number of panels
    body bytea not null, -- sealed: range, variables, panels
    unique (team_id, dashboard_id, version),
    foreign key (team_id, dashboard_id) references app.dashboards (team_id, id) on delete cascade
);
alter table app.dashboard_versions alter column body set storage external; -- ciphertext does not compress
select ctl.protect('app.dashboard_versions', 'team', 'select, insert');
select ctl.audit('app.dashboard_versions');
