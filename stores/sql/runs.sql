-- name: register
-- A run that is started again counts one more attempt; a thread may go on to another source. Nothing for a
-- source that is committed.
insert into runs (workspace_id, id, source_id, title, status)
select %(workspace_id)s, %(id)s, %(source_id)s, %(title)s, 'running'
where not exists (select from meeting_versions where workspace_id = %(workspace_id)s and id = %(source_id)s)
on conflict (workspace_id, id) do update
set source_id = excluded.source_id, title = excluded.title, status = 'running', error = null, output = null,
    attempts = runs.attempts + 1, updated_at = now()
returning id

-- name: finish
update runs set status = 'done', error = null, output = %(output)s, updated_at = now()
where workspace_id = %(workspace_id)s and id = %(id)s and source_id = %(source_id)s and status <> 'done'
returning id

-- name: fail
update runs set status = 'failed', error = %(error)s, updated_at = now()
where workspace_id = %(workspace_id)s and id = %(id)s and status <> 'done'

-- name: unfinished
-- Oldest first (index runs_unfinished), with what was staged for a run that never came to register. What
-- recheck has begun is gone on with by recheck.
select id, source_id, title, status, error, attempts, started_at, updated_at, output from runs
where workspace_id = %(workspace_id)s and status <> 'done'
    and not exists (
        select from sources s
        where s.workspace_id = runs.workspace_id and s.id = runs.source_id and s.rechecks is not null)
union all
select id, id, title, 'staged', null, 0, created_at, created_at, null from sources s
where workspace_id = %(workspace_id)s and rechecks is null
    and not exists (select from runs where workspace_id = s.workspace_id and source_id = s.id)
order by started_at

-- name: recent
-- Newest first (index runs_by_time), with what they asked of models; one alone when its id is given.
select r.id, r.source_id, r.title, r.status, r.error, r.attempts, r.started_at, r.updated_at, r.output,
    coalesce(u.calls, 0)::int as calls, coalesce(u.prompt_tokens, 0)::bigint as prompt_tokens,
    coalesce(u.completion_tokens, 0)::bigint as completion_tokens, coalesce(u.cost, 0)::float8 as cost,
    coalesce(u.cached, 0)::int as cached, coalesce((r.output->'usage'->>'fallbacks')::int, 0) as fallbacks
from runs r
left join lateral (
    select sum(calls) as calls, sum(prompt_tokens) as prompt_tokens, sum(cost) as cost,
        sum(completion_tokens) as completion_tokens, sum(cached) as cached
    from model_usage where workspace_id = r.workspace_id and run_id = r.id
) u on true
where r.workspace_id = %(workspace_id)s and (%(id)s::uuid is null or r.id = %(id)s)
order by r.started_at desc
limit %(limit)s
