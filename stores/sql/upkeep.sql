-- name: broken_indexes
-- Indexes that the planner passes over, such as one whose making was interrupted.
select c.relname::text as name from pg_index i
join pg_class c on c.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace and not (i.indisvalid and i.indisready)
order by name

-- name: has_vector_index
select to_regclass('public.memories_vector') is not null as has

-- name: make_vector_index
create index memories_vector on memories using hnsw (embedding vector_cosine_ops)

-- name: miscounted
-- Workspaces whose counts of memories or words are not what their current memories hold.
with words as (
    select m.workspace_id, l.lexeme, count(*)::int as memories
    from memories m
    cross join unnest(tsvector_to_array(m.lexical)) l (lexeme)
    where m.retracted_at is null
    group by m.workspace_id, l.lexeme
), kept as (
    select workspace_id, lexeme, memories from lexeme_counts where memories <> 0
), held as (
    select workspace_id, count(*) as memories, sum(length(lexical)) as lexemes
    from memories
    where retracted_at is null
    group by workspace_id
), counted as (
    select workspace_id, memories, lexemes from memory_counts where memories <> 0
)
select w.name from workspaces w
where w.id in (
    select workspace_id from ((table words except table kept) union all (table kept except table words)) a
    union
    select workspace_id from ((table held except table counted) union all (table counted except table held)) b
)
order by w.name

-- name: hold_memories
lock table memories in share mode

-- name: clear_word_counts
delete from lexeme_counts

-- name: clear_memory_counts
delete from memory_counts

-- name: count_words
insert into lexeme_counts (workspace_id, lexeme, memories)
select m.workspace_id, l.lexeme, count(*)
from memories m
cross join unnest(tsvector_to_array(m.lexical)) l (lexeme)
where m.retracted_at is null
group by m.workspace_id, l.lexeme

-- name: count_memories
insert into memory_counts (workspace_id, memories, lexemes)
select workspace_id, count(*), sum(length(lexical))
from memories
where retracted_at is null
group by workspace_id

-- name: leftovers
-- What is staged of a version that is committed, or for runs that have all ended: nobody will read it again.
select s.workspace_id, s.id, s.title from sources s
where s.rechecks is null
    and exists (select from runs r where r.workspace_id = s.workspace_id and r.source_id = s.id)
    and not exists (
        select from runs r
        where r.workspace_id = s.workspace_id and r.source_id = s.id and r.status <> 'done'
    )
order by s.title

-- name: clear_leftover
delete from sources where workspace_id = %(workspace_id)s and id = %(id)s

-- name: ended_runs
-- Which of these threads are of runs that have ended.
select id from runs where id = any(%(threads)s::uuid[]) and status = 'done'

-- name: make_amcheck
create extension if not exists amcheck

-- name: checked_indexes
select c.oid::text as id, c.relname::text as name from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am m on m.oid = c.relam and m.amname = 'btree'
where c.relnamespace = 'public'::regnamespace and i.indisvalid and i.indisready

-- name: check_index
-- Its order, and that every row of the table is in it.
select bt_index_check(%(id)s::oid::regclass, true)

-- name: vectorless
select workspace_id, id, content from memories where vector_norm(embedding) = 0 order by workspace_id, id

-- name: put_vector
update memories set embedding = %(embedding)s where workspace_id = %(workspace_id)s and id = %(id)s

-- name: orphans
select r.workspace_id, r.id, r.title from runs r
where r.status <> 'done'
    and not exists (select from sources s where s.workspace_id = r.workspace_id and s.id = r.source_id)
    and not exists (select from meeting_versions v where v.workspace_id = r.workspace_id and v.id = r.source_id)
order by r.title

-- name: delete_orphan
delete from runs where workspace_id = %(workspace_id)s and id = %(id)s and status <> 'done'
