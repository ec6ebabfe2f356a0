-- name: find_answer
SELECT request_hash, answer FROM app.idempotency
WHERE team_id = $team_id AND key_index = $key_index AND created_at > now() - interval '24 hours'

-- name: put_answer
-- unaudited
INSERT INTO app.idempotency (team_id, key_index, request_hash, answer)
VALUES ($team_id, $key_index, $request_hash, $answer)
ON CONFLICT (team_id, key_index) DO UPDATE SET
    request_hash = excluded.request_hash, answer = excluded.answer, created_at = now()
WHERE idempotency.created_at <= now() - interval '24 hours'

-- name: delete_old_answers
-- unaudited
DELETE FROM app.idempotency WHERE team_id = $team_id AND created_at <= now() - interval '24 hours'
