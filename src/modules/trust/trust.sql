-- name: list_standings
select name, at, holds, since, last_held_at, runs, failures, detail from idn.control_checks

-- name: put_standing
-- unaudited
insert into idn.control_checks as c (name, at, holds, since, last_held_at, failures, detail)
values ($name, $at, $holds::boolean, $at, case when $holds::boolean then $at::timestamptz end,
        case when $holds::boolean then 0 else 1 end, $detail)
on conflict (name) do update set
    at = excluded.at,
    holds = excluded.holds,
    since = case when c.holds = excluded.holds then c.since else excluded.at end,
    last_held_at = coalesce(excluded.last_held_at, c.last_held_at),
    runs = c.runs + 1,
    failures = c.failures + excluded.failures,
    detail = excluded.detail
returning name, at, holds, since, last_held_at, runs, failures, detail

-- name: judge_passwords
-- Ours, or a foreign one that waits for its owner's next log-in.
select count(*) as total,
       count(*) filter (where hash !~ '^(atl1:)?(\$2b\$1[0-9]\$|\$argon2id\$v=19\$m=19456,t=2,p=1\$|pbkdf2_sha256\$)') as bad
from idn.passwords
where hash <> '!' -- nobody's: such an account is entered by another way

-- name: judge_sessions
select count(*) as total,
       count(*) filter (where expires_at > created_at + $ceiling_days::int * interval '1 day' + interval '1 minute'
                           or octet_length(token_hash) <> 32) as bad
from idn.sessions

-- name: judge_keys
select count(*) as total,
       count(*) filter (where verifier is not null and verifier !~ '^\$argon2id\$v=19\$m=19456,t=2,p=1\$') as bad
from app.api_keys

-- name: judge_agent_tokens
select count(*) as total, count(*) filter (where octet_length(token_hash) <> 32) as bad from idn.agent_tokens

-- name: judge_bodies
select tables, bodies, bad from ctl.judge_sealed_bodies()

-- name: count_rows_of
select tables, rows from ctl.count_rows_of($team)

-- name: judge_samples
-- Of this team: whether there are any in blocks, and any in a block of a day before `limit`.
select exists (select from app.metric_blocks) as measured,
       exists (select from app.metric_blocks where at < $limit) as late

-- name: overwrite_global_row
-- unaudited
-- Expected to be refused; rolled back in any case.
update glob.notification_templates set subject = subject

-- name: change_without_event
-- Expected to be refused when the constraints are looked at; rolled back in any case.
update idn.users set revision = revision where id = (select min(id::text)::uuid from idn.users) returning id

-- name: demand_events_now
set constraints all immediate

-- name: list_texts
select distinct on (kind) kind, version, published_at, content from idn.public_texts order by kind, version desc

-- name: find_text
select kind, version, published_at, content from idn.public_texts where kind = $kind and version = $version

-- name: insert_text
insert into idn.public_texts (kind, version, content) values ($kind, $version, $content)
returning kind, version, published_at, content

-- name: list_acceptances
select version, sha256, accepted_at, accepted_by from app.agreement_acceptances
where team_id = $team_id order by accepted_at desc, version desc limit 1

-- name: insert_acceptance
insert into app.agreement_acceptances (team_id, version, sha256, accepted_by)
values ($team_id, $version, $sha256, $accepted_by)

-- name: insert_incident
insert into idn.security_incidents (id, noticed_at, body) values ($id, $noticed_at, $body)

-- name: list_incidents
select i.id, i.revision, i.opened_at, i.noticed_at, i.next_step, i.body from idn.security_incidents i

-- name: lock_incident
select id, revision, opened_at, noticed_at, next_step, body from idn.security_incidents where id = $id for update

-- name: list_incident_steps
select incident_id, step, done_at, body from idn.security_incident_steps order by incident_id, done_at

-- name: insert_incident_step
insert into idn.security_incident_steps (incident_id, step, body) values ($id, $step, $body)

-- name: advance_incident
update idn.security_incidents set next_step = $next_step, revision = revision + 1 where id = $id

-- name: count_incidents
-- Those that still have to be told of are before the step after it.
select count(*) as total, count(*) filter (where next_step <> 'closed') as open,
       min(noticed_at) filter (where next_step in ('contain', 'assess', 'notify')) as oldest_untold
from idn.security_incidents

-- name: list_untold_incidents
select id, noticed_at from idn.security_incidents where next_step in ('contain', 'assess', 'notify') order by noticed_at

-- name: insert_reminder
insert into idn.security_incident_reminders (incident_id, stage) values ($id, $stage)
on conflict do nothing returning stage

-- name: list_operators
select o.user_id from idn.operators o join idn.users u on u.id = o.user_id where u.disabled_at is null

-- name: insert_issue
insert into app.agreement_issues (team_id, version, sha256, content) values ($team_id, $version, $sha256, $content)

-- name: find_issue
select version, sha256, issued_at, content from app.agreement_issues where team_id = $team_id
