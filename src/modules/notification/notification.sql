-- name: list_templates
select id, occasion, channel, subject, body from glob.notification_templates
