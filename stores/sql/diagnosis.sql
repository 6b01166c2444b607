-- name: version
select current_setting('server_version') as shown, current_setting('server_version_num')::int as number

-- name: extensions
-- Installed or only available: the first migration installs them.
select name, coalesce(installed_version, default_version) as version
from pg_available_extensions
where name = any(%(names)s)

-- name: embedding_model
select value ->> 'name' as name from installation where key = 'embedding_model'

-- name: unfinished
-- Of all workspaces (index runs_unfinished).
select w.name as workspace, count(*)::int as runs
from runs r
join workspaces w on w.id = r.workspace_id
where r.status <> 'done'
group by w.name
order by w.name
