-- Vectors of an embedding model that is to take the place of the one that fills the database: made one after
-- the other while everything goes on, then put in the place of the others in one transaction.
create table next_vectors (
    workspace_id uuid not null,
    memory_id uuid not null,
    model text not null,
    embedding vector not null,
    primary key (workspace_id, memory_id),
    foreign key (workspace_id, memory_id) references memories on delete cascade
);
