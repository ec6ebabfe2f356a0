-- Answers of requests that carried an Idempotency-Key, to be given again for a day. Written in the transaction of
-- the change itself. The key and the caller are blind indexes; the answer is sealed.
create table app.idempotency (
    team_id uuid not null,
    key_index bytea not null check (octet_length(key_index) = 32),
    request_hash bytea not null check (octet_length(request_hash) = 32),
    created_at timestamptz not null default now(),
    answer bytea not null,
    primary key (team_id, key_index)
);
create index idempotency_by_age on app.idempotency (created_at);
select ctl.protect('app.idempotency');
select ctl.leave_unaudited('app.idempotency', 'copies of answers, kept for a day');
