-- Workspaces, what is staged before a meeting becomes visible, and the registry of runs.
create extension if not exists vector;
create extension if not exists pg_trgm;
create extension if not exists btree_gin;
create extension if not exists unaccent;

-- Facts about this database as a whole, such as the embedding model that filled it.
create table installation (
    key text primary key,
    value jsonb not null
);

create table workspaces (
    id uuid primary key,
    name text not null unique check (name <> ''),
    revision bigint not null default 0,
    created_at timestamptz not null default now()
);
comment on column workspaces.revision is 'counts commits: a run that read an older revision matches again';

-- A meeting version as it was handed in, parsed, invisible to every reader until commit.
create table sources (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    meeting_id uuid not null,
    key text not null check (key <> ''),
    content_hash text not null,
    name text not null,
    format text not null,
    title text not null,
    series text,
    date timestamptz not null,
    date_has_time boolean not null,
    participants text[] not null,
    warnings text[] not null,
    utterances jsonb not null,
    created_at timestamptz not null default now(),
    primary key (workspace_id, id)
);

-- What each step of an ingestion has made: windows, memories with their vectors, extractions, links.
create table staged_items (
    workspace_id uuid not null,
    source_id uuid not null,
    stage text not null,
    item text not null,
    payload jsonb not null,
    embedding vector,
    primary key (workspace_id, source_id, stage, item),
    foreign key (workspace_id, source_id) references sources on delete cascade
);

create table runs (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    source_id uuid not null,
    title text not null,
    status text not null check (status in ('running', 'done', 'failed')),
    error text,
    output jsonb,
    attempts integer not null default 1,
    started_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id)
);
comment on column runs.id is 'the thread of the graph run';
create index runs_by_time on runs (workspace_id, started_at desc);
create index runs_unfinished on runs (workspace_id, started_at) where status <> 'done';

create table model_usage (
    workspace_id uuid not null,
    run_id uuid not null,
    node text not null,
    item text not null,
    model text not null,
    calls integer not null default 0,
    prompt_tokens bigint not null default 0,
    completion_tokens bigint not null default 0,
    cost double precision not null default 0,
    cached integer not null default 0,
    fallbacks integer not null default 0,
    primary key (workspace_id, run_id, node, item, model),
    foreign key (workspace_id, run_id) references runs on delete cascade
);
