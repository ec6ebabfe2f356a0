-- What witnesses of the teams signed under checkpoints. Evidence of others: each line was checked when it came, and
-- whoever relies on it checks it again. It outlives the entry of the witness that gave it.

create table app.audit_cosignatures (
    team_id uuid not null,
    lane smallint not null default 0,
    size bigint not null,
    vkey text not null,         -- with the three before it, which checkpoint
    witness text not null,      -- the witness's vkey
    line text not null,         -- of the signed note, with its line feed
    cosigned_at timestamptz not null,
    primary key (team_id, lane, size, vkey, witness)
);
select ctl.protect('app.audit_cosignatures', 'team', 'select, insert');
select ctl.leave_unaudited('app.audit_cosignatures', 'what others signed about the record');
