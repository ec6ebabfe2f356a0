-- Security incidents of the installation, and what was done about them. Nothing of it is ever changed but the step that
-- is next, and nothing is deleted.
create table idn.security_incidents (
    id uuid primary key,
    revision bigint not null default 1,
    opened_at timestamptz not null default now(),
    noticed_at timestamptz not null, -- from then 72 hours
    next_step text not null default 'contain'
        check (next_step in ('contain', 'assess', 'notify', 'remediate', 'review', 'closed')),
    body bytea not null -- sealed: title
);
select ctl.protect('idn.security_incidents', 'platform', 'select, insert, update');
select ctl.audit('idn.security_incidents');

create table idn.security_incident_steps (
    incident_id uuid not null references idn.security_incidents (id),
    step text not null check (step in ('contain', 'assess', 'notify', 'remediate', 'review')),
    done_at timestamptz not null default now(),
    body bytea not null, -- sealed: what was done, and by whom
    primary key (incident_id, step)
);
select ctl.protect('idn.security_incident_steps', 'platform', 'select, insert');
select ctl.audit('idn.security_incident_steps');
