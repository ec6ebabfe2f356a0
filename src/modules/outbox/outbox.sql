-- name: insert_mail
-- unaudited
INSERT INTO idn.outbox (id, written_at, next_try_at, body) VALUES ($id, $now, $now, $body)

-- name: borrow_mail
-- unaudited
UPDATE idn.outbox SET attempts = attempts + 1, next_try_at = $until
WHERE id = (SELECT id FROM idn.outbox WHERE state = 'queued' AND next_try_at <= $now
            ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, attempts, written_at, body

-- name: settle_mail
-- Only while nobody else has borrowed it meanwhile.
-- unaudited
UPDATE idn.outbox SET state = $state, reason = $reason, settled_at = $now, body = NULL
WHERE id = $id AND attempts = $attempts AND state = 'queued'

-- name: postpone_mail
-- unaudited
UPDATE idn.outbox SET next_try_at = $next_try_at, reason = $reason
WHERE id = $id AND attempts = $attempts AND state = 'queued'

-- name: delete_settled_mails
-- unaudited
DELETE FROM idn.outbox WHERE state <> 'queued' AND settled_at < $before

-- name: list_queued_mails
SELECT id, body FROM idn.outbox WHERE state = 'queued'

-- name: delete_mails
-- unaudited
DELETE FROM idn.outbox WHERE id = ANY ($ids::uuid[])
