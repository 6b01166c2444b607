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
-- Of all workspaces (index runs_unfinished), with what was staged for a run that never came to register.
select w.name as workspace, count(*)::int as runs
from (
    select workspace_id from runs where status <> 'done'
    union all
    select workspace_id
    from sources s
    where not exists (select from runs where workspace_id = s.workspace_id and source_id = s.id)
) as waiting
join workspaces w on w.id = waiting.workspace_id
group by w.name
order by w.name
