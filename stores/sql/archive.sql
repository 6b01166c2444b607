-- name: snapshot
-- All that this transaction reads is of one moment, whoever commits meanwhile. The first statement in it.
set transaction isolation level repeatable read, read only

-- name: in_utc
set local timezone to 'UTC'

-- name: tables
-- Every table whose rows belong to a workspace: columns that are written, primary key, what it refers to.
select
    t.relname::text as name,
    array(
        select a.attname::text
        from pg_attribute a
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum
    ) as columns,
    array(
        select a.attname::text
        from pg_index i
        cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
        where i.indrelid = t.oid and i.indisprimary
        order by k.place
    ) as key,
    array(
        select distinct r.relname::text
        from pg_constraint f
        join pg_class r on r.oid = f.confrelid
        where f.conrelid = t.oid and f.contype = 'f' and f.confrelid <> t.oid
    ) as refers_to
from pg_class t
where t.relnamespace = 'public'::regnamespace and t.relkind = 'r'
    and (
        t.relname = 'workspaces'
        or exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'workspace_id')
    )
order by t.relname

-- name: unfinished
-- Runs that have not ended, with what was staged and never begun.
select
    (select count(*) from runs where workspace_id = %(workspace_id)s and status <> 'done')
    + (
        select count(*)
        from sources s
        where s.workspace_id = %(workspace_id)s
            and not exists (select from runs where workspace_id = s.workspace_id and source_id = s.id)
    ) as runs

-- name: workspace_exists
select 1 as found from workspaces where id = %(workspace_id)s
