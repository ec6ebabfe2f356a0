-- name: insert_mail
-- unaudited
insert into idn.outbox (id, written_at, next_try_at, body) values ($id, $now, $now, $body)

-- name: borrow_mail
-- unaudited
update idn.outbox set attempts = attempts + 1, next_try_at = $until
where id = (select id from idn.outbox where state = 'queued' and next_try_at <= $now
            order by next_try_at limit 1 for update skip locked)
returning id, attempts, written_at, body

-- name: settle_mail
-- Only while nobody else has borrowed it meanwhile.
-- unaudited
update idn.outbox set state = $state, reason = $reason, settled_at = $now, body = null
where id = $id and attempts = $attempts and state = 'queued'

-- name: postpone_mail
-- unaudited
update idn.outbox set next_try_at = $next_try_at, reason = $reason
where id = $id and attempts = $attempts and state = 'queued'

-- name: delete_settled_mails
-- unaudited
delete from idn.outbox where state <> 'queued' and settled_at < $before

-- name: list_queued_mails
select id, body from idn.outbox where state = 'queued'

-- name: delete_mails
-- unaudited
delete from idn.outbox where id = any ($ids::uuid[])
