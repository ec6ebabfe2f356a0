-- A team's own witnesses, who cosign the checkpoints of its chain. Name, key and address lie sealed under the team's key.

create table app.audit_witnesses (
    team_id uuid not null references app.teams (team_id) on delete cascade,
    id uuid not null,
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    body bytea not null,
    primary key (team_id, id)
);
select ctl.protect('app.audit_witnesses');
select ctl.audit('app.audit_witnesses');

-- How far each one is. Moves with every checkpoint, so it is no configuration and stands apart.
create table app.audit_witness_progress (
    team_id uuid not null,
    witness_id uuid not null,
    origin text not null default '',            -- the log of which it cosigned; another signer is another log
    size bigint not null default 0,             -- the largest checkpoint of it that was cosigned
    cosigned_at timestamptz,
    attempts integer not null default 0,        -- failed ones in a row
    failing_since timestamptz,
    next_try_at timestamptz not null default now(),
    failure text,                               -- in words, without anything personal
    refused boolean not null default false,     -- the witness says that the record is not the one it knows
    primary key (team_id, witness_id),
    foreign key (team_id, witness_id) references app.audit_witnesses (team_id, id) on delete cascade
) with (fillfactor = 50);
select ctl.protect('app.audit_witness_progress');
select ctl.leave_unaudited('app.audit_witness_progress', 'how far cosigning is; who witnesses what is on the record');
