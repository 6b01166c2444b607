-- name: model
select value ->> 'name' as name from installation where key = 'embedding_model'

-- name: progress
-- How many memories there are, and how many have a vector of the model that is to come.
select count(*)::int as total, count(r.memory_id)::int as done
from memories m
left join next_vectors r on r.workspace_id = m.workspace_id and r.memory_id = m.id and r.model = %(model)s

-- name: drop_others
delete from next_vectors where model <> %(model)s

-- name: without_next_vector
select m.workspace_id, m.id, m.content from memories m
where not exists (
    select from next_vectors r
    where r.workspace_id = m.workspace_id and r.memory_id = m.id and r.model = %(model)s
)
order by m.workspace_id, m.id
limit %(limit)s

-- name: put_next_vector
insert into next_vectors (workspace_id, memory_id, model, embedding)
select %(workspace_id)s, %(memory_id)s, %(model)s, %(embedding)s
where exists (select from memories where workspace_id = %(workspace_id)s and id = %(memory_id)s)
on conflict do nothing

-- name: claim
-- Whoever is to write vectors holds this row, so that nobody writes those of the former model any more.
update installation set value = %(value)s where key = 'embedding_model'

-- name: take_model
-- Nobody else writes vectors until this transaction ends.
select value from installation where key = 'embedding_model' for update

-- name: drop_broken_index
-- One whose making was interrupted.
do $$ begin
    if exists (
        select from pg_index where indexrelid = to_regclass('public.memories_vector') and not indisvalid
    ) then
        drop index memories_vector;
    end if;
end $$

-- name: index_vectors
create index concurrently if not exists memories_vector on memories using hnsw (embedding vector_cosine_ops)

-- name: hold_model
-- The model stays what it is until this transaction ends.
select value ->> 'name' as name from installation where key = 'embedding_model' for share

-- name: put_in_place
update memories m set embedding = r.embedding from next_vectors r
where r.workspace_id = m.workspace_id and r.memory_id = m.id

-- name: clear
-- What runs under way have staged is embedded again when they go on.
with unstaged as (update staged_items set embedding = null where embedding is not null)
delete from next_vectors
