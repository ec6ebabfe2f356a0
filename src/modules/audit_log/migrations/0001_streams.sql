-- Where a team's record is sent as it grows. Name, address and signing secret lie sealed under the team's key.

create table app.audit_streams (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid not null,
    kind text not null check (kind in ('webhook', 'syslog')),
    paused boolean not null default false,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    body bytea not null,
    primary key (team_id, id)
);
select ctl.protect('app.audit_streams');
select ctl.audit('app.audit_streams');

-- How far each one is. Moves with every delivery, so it is no configuration and stands apart.
create table app.audit_stream_progress (
    team_id uuid not null,
    stream_id uuid not null,
    delivered_seq bigint not null,
    delivered_at timestamptz,
    attempts integer not null default 0,       -- failed ones in a row
    failing_since timestamptz,
    next_try_at timestamptz not null default now(),
    failure text,                              -- in words, without anything personal
    test_asked_at timestamptz,
    tested_at timestamptz,
    test_failure text,
    primary key (team_id, stream_id),
    foreign key (team_id, stream_id) references app.audit_streams (team_id, id) on delete cascade
) with (fillfactor = 50);
select ctl.protect('app.audit_stream_progress');
select ctl.leave_unaudited('app.audit_stream_progress', 'how far deliveries are; what is sent where is on the record');
