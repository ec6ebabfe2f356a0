-- Which reminders of an incident's 72 hours have gone out: each once, whoever of several servers is first.
create table idn.security_incident_reminders (
    incident_id uuid not null references idn.security_incidents (id),
    stage text not null check (stage in ('half', 'six_hours', 'over')),
    reminded_at timestamptz not null default now(),
    primary key (incident_id, stage)
);
select ctl.protect('idn.security_incident_reminders', 'platform', 'select, insert');
select ctl.audit('idn.security_incident_reminders');
