-- Changes of the signer's key: signed notes that name the key before and the key after (audit/rotation.hpp). They belong to
-- the installation, say nothing of any team, and every team needs them to check what was signed before.

create table glob.signer_rotations (
    note text primary key,
    published_at timestamptz not null default now()
);
select ctl.protect('glob.signer_rotations', 'global');
select ctl.leave_unaudited('glob.signer_rotations', 'written by the signer, which reaches no chain');

create trigger append_only_rows before update or delete on glob.signer_rotations
    for each row execute function aud.refuse();
create trigger append_only_table before truncate on glob.signer_rotations execute function aud.refuse();
alter table glob.signer_rotations enable always trigger append_only_rows, enable always trigger append_only_table;

create function aud.publish_rotations(notes text[]) returns void
language sql volatile security definer set search_path = pg_catalog as $$
    insert into glob.signer_rotations (note) select unnest(notes) on conflict (note) do nothing
$$;
revoke execute on function aud.publish_rotations(text[]) from public;
grant execute on function aud.publish_rotations(text[]) to atalaya_signer;
