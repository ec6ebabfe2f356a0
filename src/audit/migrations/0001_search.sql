-- By what the record is searched: for each block of 1024 events and each owner of a key, which facts are in the block
-- and where. Derived from the record, and made anew from it when it is missing; the record's truth never rests on it.

create table app.audit_search (
    team_id uuid not null,
    lane smallint not null default 0,
    block bigint not null,
    owner bytea not null,          -- kind and id of the key, as payloads begin with it
    oldest_at timestamptz not null, -- of all events of the block
    newest_at timestamptz not null,
    tokens bytea not null,         -- sealed
    places bytea not null,         -- sealed
    primary key (team_id, lane, block, owner)
);
-- Ciphertext does not compress; and the places lie apart, since most searches read the tokens only.
alter table app.audit_search alter column tokens set storage external, alter column places set storage external;
select ctl.protect('app.audit_search');
select ctl.leave_unaudited('app.audit_search', 'derived from the record, and made anew from it');
