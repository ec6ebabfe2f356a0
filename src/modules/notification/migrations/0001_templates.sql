-- The words of the system's own notifications. They belong to the installation: every team reads them, no team changes
-- them, and neither can the program; only a migration does.
create table glob.notification_templates (
    id text primary key check (id ~ '^[a-z_]+\.[a-z_]+$'), -- occasion.channel
    occasion text not null,
    channel text not null check (channel in ('mail', 'page')),
    subject text not null,
    body text not null, -- {name} stands for what the occasion knows
    unique (occasion, channel)
);
select ctl.protect('glob.notification_templates', 'global');
select ctl.leave_unaudited('glob.notification_templates', 'changed by migrations only');

insert into glob.notification_templates (id, occasion, channel, subject, body) values
    ('invitation.mail', 'invitation', 'mail', 'You are invited to {team}',
     '{host} invites you to the team {team}. The link works once, until {expires}: {link}'),
    ('password_reset.mail', 'password_reset', 'mail', 'Set a new password',
     'Somebody, perhaps you, asked for a new password. The link works once, until {expires}: {link}'),
    ('email_change.mail', 'email_change', 'mail', 'Confirm your new address',
     'Confirm that this is your address. The link works once, until {expires}: {link}'),
    ('recovery_used.mail', 'recovery_used', 'mail', 'A recovery code was used',
     'Somebody signed in to your account with a recovery code at {time}. If it was not you, end all sessions.'),
    ('server_silent.mail', 'server_silent', 'mail', '{server} is silent',
     '{server} of the team {team} has not reported since {time}.'),
    ('server_back.mail', 'server_back', 'mail', '{server} reports again',
     '{server} of the team {team} reports again since {time}.');
