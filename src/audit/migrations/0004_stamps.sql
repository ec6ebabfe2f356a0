-- What a timestamp authority signed about the newest checkpoints of all chains: one token for all of them, kept with each
-- chain together with the proof that its checkpoint is what was stamped. Evidence of others, checked when it came; whoever
-- relies on it checks it again.

create table app.audit_stamps (
    team_id uuid not null,
    lane smallint not null default 0,
    size bigint not null,       -- with the next, which checkpoint
    vkey text not null,
    stamped_at timestamptz not null, -- as the authority says
    place bigint not null,      -- in the tree of what was stamped together
    tree_size bigint not null,
    proof bytea not null,       -- hashes of 32 bytes
    token bytea not null,
    primary key (team_id, lane, size, vkey)
);
alter table app.audit_stamps alter column token set storage external; -- mostly certificates, and signatures
select ctl.protect('app.audit_stamps', 'team', 'select, insert');
select ctl.leave_unaudited('app.audit_stamps', 'what others signed about the record');
