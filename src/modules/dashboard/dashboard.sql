-- name: list_dashboards
select d.id, d.revision, d.created_at, d.deleted_at, d.deleted_by, v.id as version_id, v.created_at as updated_at,
       v.created_by as updated_by, v.summary
from app.dashboards d
join app.dashboard_versions v on v.team_id = d.team_id and v.dashboard_id = d.id and v.version = d.revision
where d.team_id = $team_id and (d.deleted_at is not null) = $deleted

-- name: count_dashboards
select count(*) as dashboards from app.dashboards where team_id = $team_id

-- name: find_dashboard
select d.revision, d.created_at, v.id as version_id, v.created_at as updated_at, v.created_by as updated_by,
       v.summary, v.body
from app.dashboards d
join app.dashboard_versions v on v.team_id = d.team_id and v.dashboard_id = d.id and v.version = d.revision
where d.team_id = $team_id and d.id = $id and d.deleted_at is null

-- name: insert_dashboard
insert into app.dashboards (team_id, id) values ($team_id, $id)

-- name: insert_version
insert into app.dashboard_versions (team_id, id, dashboard_id, version, created_by, summary, body)
values ($team_id, $id, $dashboard_id, $version, $created_by, $summary, $body)

-- name: advance_dashboard
update app.dashboards set revision = revision + 1
where team_id = $team_id and id = $id and revision = $revision and deleted_at is null

-- name: move_to_trash
update app.dashboards set deleted_at = now(), deleted_by = $deleted_by
where team_id = $team_id and id = $id and revision = $revision and deleted_at is null

-- name: take_from_trash
update app.dashboards set deleted_at = null, deleted_by = null
where team_id = $team_id and id = $id and deleted_at is not null

-- name: list_versions
select id as version_id, version, created_at, created_by, summary from app.dashboard_versions
where team_id = $team_id and dashboard_id = $dashboard_id

-- name: find_version
select id as version_id, version, created_at, created_by, summary, body from app.dashboard_versions
where team_id = $team_id and dashboard_id = $dashboard_id and version = $version

-- name: list_purgeable
select d.id, v.id as version_id, v.summary
from app.dashboards d
join app.dashboard_versions v on v.team_id = d.team_id and v.dashboard_id = d.id and v.version = d.revision
where d.team_id = $team_id and d.deleted_at < $before
order by d.deleted_at limit $limit

-- name: delete_dashboard
delete from app.dashboards where team_id = $team_id and id = $id and deleted_at is not null
