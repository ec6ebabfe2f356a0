-- Whoever gave the old password has proved nothing any more: whatever way the password changes, log-ins that wait for
-- their second step end with it.
create function idn.end_pending_logins() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    delete from idn.pending_logins where user_id = new.user_id;
    return null;
end $$;
revoke execute on function idn.end_pending_logins() from public;
create trigger pending_logins after update of hash on idn.passwords
    for each row execute function idn.end_pending_logins();
alter table idn.passwords enable always trigger pending_logins;
