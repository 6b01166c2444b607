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

insert into lexeme_counts (workspace_id, lexeme, memories)
select m.workspace_id, l.lexeme, count(*)
from memories m
cross join unnest(tsvector_to_array(m.lexical)) l (lexeme)
where m.retracted_at is null
group by m.workspace_id, l.lexeme;

insert into memory_counts (workspace_id, memories, lexemes)
select workspace_id, count(*), sum(length(lexical))
from memories
where retracted_at is null
group by workspace_id;

-- The counts follow the rows, whoever writes them: what a statement wrote or took away is counted at its
-- end, once. Rows of one workspace are written under its lock; a workspace that is deleted takes its counts
-- with it.
create function count_words() returns trigger language plpgsql as $$
declare
    sign constant integer := tg_argv[0];
begin
    insert into lexeme_counts (workspace_id, lexeme, memories)
    select c.workspace_id, l.lexeme, sign * count(*)
    from changed c
    join workspaces w on w.id = c.workspace_id
    cross join unnest(tsvector_to_array(c.lexical)) l (lexeme)
    where c.retracted_at is null
    group by c.workspace_id, l.lexeme
    order by c.workspace_id, l.lexeme
    on conflict (workspace_id, lexeme) do update
        set memories = lexeme_counts.memories + excluded.memories;

    insert into memory_counts (workspace_id, memories, lexemes)
    select c.workspace_id, sign * count(*), sign * sum(length(c.lexical))
    from changed c
    join workspaces w on w.id = c.workspace_id
    where c.retracted_at is null
    group by c.workspace_id
    order by c.workspace_id
    on conflict (workspace_id) do update
        set memories = memory_counts.memories + excluded.memories,
            lexemes = memory_counts.lexemes + excluded.lexemes;
    return null;
end $$;

create trigger memories_inserted after insert on memories
    referencing new table as changed for each statement execute function count_words('1');
create trigger memories_taken_out after update on memories
    referencing old table as changed for each statement execute function count_words('-1');
create trigger memories_put_back after update on memories
    referencing new table as changed for each statement execute function count_words('1');
create trigger memories_deleted after delete on memories
    referencing old table as changed for each statement execute function count_words('-1');
