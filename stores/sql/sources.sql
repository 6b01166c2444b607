-- name: ensure_workspace
insert into workspaces (id, name) values (%(workspace_id)s, %(name)s) on conflict do nothing

-- name: stage_source
-- Idempotent: the same content has the same id. What another process has committed meanwhile stays cleared.
insert into sources (workspace_id, id, meeting_id, key, content_hash, name, format, title, series, date,
    date_has_time, participants, warnings, utterances)
select %(workspace_id)s, %(id)s, %(meeting_id)s, %(key)s, %(content_hash)s, %(name)s, %(format)s, %(title)s,
    %(series)s, %(date)s, %(date_has_time)s, %(participants)s, %(warnings)s, %(utterances)s
where not exists (select from meeting_versions where workspace_id = %(workspace_id)s and id = %(id)s)
on conflict do nothing

-- name: source_mark
-- Differs when the row was written anew.
select xmin::text as mark from sources where workspace_id = %(workspace_id)s and id = %(id)s

-- name: source
select * from sources where workspace_id = %(workspace_id)s and id = %(id)s

-- name: is_staged
select 1 as found from sources where workspace_id = %(workspace_id)s and id = %(id)s

-- name: committed_version
-- The result of a version that is current now (index meeting_versions_current).
select id, result from meeting_versions
where workspace_id = %(workspace_id)s and meeting_id = %(meeting_id)s
    and content_hash = %(content_hash)s and retracted_at is null

-- name: times_committed
select count(*) as times from meeting_versions
where workspace_id = %(workspace_id)s and meeting_id = %(meeting_id)s and content_hash = %(content_hash)s

-- name: put_item
insert into staged_items (workspace_id, source_id, stage, item, payload)
values (%(workspace_id)s, %(source_id)s, %(stage)s, %(item)s, %(payload)s)
on conflict do nothing

-- name: replace_item
insert into staged_items (workspace_id, source_id, stage, item, payload)
values (%(workspace_id)s, %(source_id)s, %(stage)s, %(item)s, %(payload)s)
on conflict (workspace_id, source_id, stage, item) do update set payload = excluded.payload

-- name: items
select item, payload from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = %(stage)s
order by item

-- name: count_items
select count(*) as items from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = %(stage)s

-- name: statements
-- The staged memories that a reader drew, which name what they are about.
select item, payload from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = 'memory'
    and payload ? 'entities'
order by item

-- name: item
select payload from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = %(stage)s and item = %(item)s

-- name: items_without_vector
select item, payload->>'content' as content from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = 'memory'
    and embedding is null
    and (%(items)s::text[] is null or item = any(%(items)s))
    and (%(kind)s::text is null or payload->>'kind' = %(kind)s)
order by item

-- name: put_vector
update staged_items set embedding = %(embedding)s
where workspace_id = %(workspace_id)s and source_id = %(source_id)s and stage = 'memory' and item = %(item)s

-- name: clear_source
-- Everything staged goes with it (foreign key of staged_items), unless another run still reads it.
delete from sources where workspace_id = %(workspace_id)s and id = %(source_id)s
    and not exists (
        select from runs
        where workspace_id = %(workspace_id)s and source_id = %(source_id)s and status <> 'done')
