-- name: snapshot
set transaction isolation level repeatable read, read only

-- name: export_snapshot
select pg_export_snapshot() as id

-- name: server
select current_setting('server_version_num')::int as postgres,
    to_regclass('public.alembic_version') is not null as has_tables

-- name: facts
select key, value from installation where key in ('embedding_model', 'restoring')

-- name: migration
select version_num from alembic_version

-- name: workspaces
select w.name, count(v.id)::int as meetings
from workspaces w
left join meeting_versions v on v.workspace_id = w.id and v.retracted_at is null and v.kind = 'meeting'
group by w.name
order by w.name

-- name: unfinished
select count(*)::int as runs from runs where status <> 'done'

-- name: drop_note
delete from installation where key = 'restoring'

-- name: end_others
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
