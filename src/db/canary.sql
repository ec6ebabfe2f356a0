-- Statements with which the probe at start-up tries to cross from one team into another (selftest.cpp).

-- name: plant_canary
-- unaudited
insert into app.canaries (team_id, id, parent_id, body) values ($team, $id, $parent, 'canary');

-- name: list_canaries
select id from app.canaries;

-- name: touch_canary
-- unaudited
update app.canaries set body = 'touched' where id = $id;

-- name: move_canary
-- unaudited
update app.canaries set team_id = $team where id = $id;

-- name: remove_canary
-- unaudited
delete from app.canaries where id = $id;

-- name: empty_canaries
truncate app.canaries;

-- name: drop_context
select set_config('app.ctx', '', true);

-- name: forge_context
-- The seal of the current team over the name of another.
select set_config('app.ctx', overlay(current_setting('app.ctx') placing ($team::uuid)::text from 65), true);

-- name: move_head
update aud.heads set seq = seq + 1;

-- name: erase_events
delete from aud.events;
