-- On which days the newest checkpoints were sent by mail, so that each is sent once.

create table idn.audit_digests (
    day text primary key, -- in UTC, as 2026-11-22
    queued_at timestamptz not null
);
select ctl.protect('idn.audit_digests', 'platform', 'select, insert');
select ctl.leave_unaudited('idn.audit_digests', 'deliveries; what they hold is made from the record');
