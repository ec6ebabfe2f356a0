-- Mails on their way. A mail is put here in the transaction that is the reason for it, so that what was rolled back
-- sends nothing. Whoever sends it borrows it for some minutes; when that time runs out, somebody else may.

create table idn.outbox (
    id uuid primary key,
    state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
    attempts integer not null default 0,
    written_at timestamptz not null,
    next_try_at timestamptz not null,
    settled_at timestamptz,
    reason text,        -- of the last failure, without anything personal
    body bytea,         -- sealed; it holds an address and links that open something, and goes when it is not needed
    check ((state = 'queued') = (body is not null)),
    check ((state = 'queued') = (settled_at is null))
);
create index outbox_due on idn.outbox (next_try_at) where state = 'queued';
create index outbox_settled on idn.outbox (settled_at) where state <> 'queued';
select ctl.protect('idn.outbox', 'platform');
select ctl.leave_unaudited('idn.outbox', 'deliveries; what a mail is sent for is on the record');
