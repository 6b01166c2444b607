-- How rare each word is in each workspace: kept, because counting it for every question would read as many
-- index entries as the word has uses.
create table lexeme_counts (
    workspace_id uuid not null references workspaces on delete cascade,
    lexeme text not null,
    memories integer not null,
    primary key (workspace_id, lexeme)
);
comment on column lexeme_counts.memories is 'how many current memories hold the lexeme';

create table memory_counts (
    workspace_id uuid primary key references workspaces on delete cascade,
    memories bigint not null,
    lexemes bigint not null
);
comment on column memory_counts.lexemes is 'distinct lexemes of each current memory, added up';

-- Vectors beside the row: distances of a whole workspace are computed without a look-up for each.
alter table memories alter column embedding set storage plain;

-- The counts follow the rows, whoever writes them. Rows of one workspace are written under its lock.
create function count_words(sign integer, workspaces uuid[], texts tsvector[]) returns void
language sql as $$
    insert into lexeme_counts (workspace_id, lexeme, memories)
    select t.workspace_id, l.lexeme, sign * count(*)
    from unnest(workspaces, texts) t (workspace_id, lexical)
    cross join unnest(tsvector_to_array(t.lexical)) l (lexeme)
    group by t.workspace_id, l.lexeme
    order by t.workspace_id, l.lexeme
    on conflict (workspace_id, lexeme) do update
        set memories = lexeme_counts.memories + excluded.memories;
    insert into memory_counts (workspace_id, memories, lexemes)
    select t.workspace_id, sign * count(*), sign * sum(length(t.lexical))
    from unnest(workspaces, texts) t (workspace_id, lexical)
    group by t.workspace_id
    order by t.workspace_id
    on conflict (workspace_id) do update
        set memories = memory_counts.memories + excluded.memories,
            lexemes = memory_counts.lexemes + excluded.lexemes;
$$;

create function count_inserted() returns trigger language plpgsql as $$
begin
    perform count_words(1, array_agg(workspace_id), array_agg(lexical))
    from inserted
    where retracted_at is null;
    return null;
end $$;

create function count_updated() returns trigger language plpgsql as $$
begin
    perform count_words(-1, array_agg(before.workspace_id), array_agg(before.lexical))
    from before
    where retracted_at is null;
    perform count_words(1, array_agg(workspace_id), array_agg(lexical))
    from after
    where retracted_at is null;
    return null;
end $$;

-- A workspace that is deleted takes its counts with it.
create function count_deleted() returns trigger language plpgsql as $$
begin
    perform count_words(-1, array_agg(workspace_id), array_agg(lexical))
    from deleted
    where retracted_at is null and workspace_id in (select id from workspaces);
    return null;
end $$;

create trigger memories_inserted after insert on memories
    referencing new table as inserted for each statement execute function count_inserted();
create trigger memories_updated after update on memories
    referencing old table as before new table as after for each statement execute function count_updated();
create trigger memories_deleted after delete on memories
    referencing old table as deleted for each statement execute function count_deleted();

select count_words(1, array_agg(workspace_id), array_agg(lexical))
from memories
where retracted_at is null;
