-- name: list_templates
SELECT id, occasion, channel, subject, body FROM glob.notification_templates
