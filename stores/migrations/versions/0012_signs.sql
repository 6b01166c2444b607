-- The sign of each number of a vector: in how many two memories differ tells nearly how near they are, at a
-- twentieth of the work. Recall compares the signs of a whole workspace, and the vectors of the few nearest.
alter table memories
    add column signs bit varying generated always as (binary_quantize(embedding)::bit varying) stored;

-- read alone, without the wide rows
create index memories_signs on memories (workspace_id)
    include (version_id, id, kind, recorded_at, retracted_at, signs);
