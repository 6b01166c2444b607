-- What was said: meetings, their versions, utterances, and memories. Only commit writes here.
create table meetings (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    key text not null check (key <> ''),
    primary key (workspace_id, id),
    unique (workspace_id, key)
);

create table meeting_versions (
    workspace_id uuid not null,
    id uuid not null,
    meeting_id uuid not null,
    content_hash text not null,
    name text not null,
    format text not null,
    title text not null,
    series text,
    date timestamptz not null,
    date_has_time boolean not null,
    participants text[] not null,
    words integer not null,
    result jsonb not null,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, meeting_id) references meetings on delete cascade
);
-- one version of a meeting is current
create unique index meeting_versions_current on meeting_versions (workspace_id, meeting_id)
    where retracted_at is null;
create index meeting_versions_by_date on meeting_versions (workspace_id, date) where retracted_at is null;

create table utterances (
    workspace_id uuid not null,
    version_id uuid not null,
    ordinal integer not null check (ordinal >= 0),
    speaker text,
    start_seconds double precision,
    end_seconds double precision,
    channel text not null check (channel in ('speech', 'chat')),
    text text not null,
    primary key (workspace_id, version_id, ordinal),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);

create table memories (
    workspace_id uuid not null,
    id uuid not null,
    version_id uuid not null,
    kind text not null
        check (kind in ('discussion', 'decision', 'action_item', 'risk', 'question', 'fact')),
    content text not null,
    context text not null,
    quote text not null,
    speaker text,
    first_utterance integer not null,
    last_utterance integer not null check (last_utterance >= first_utterance),
    owner text,
    due text,
    due_date date,
    rationale text,
    supersedes text,
    made_by text not null check (made_by in ('rule', 'llm', 'human')),
    embedding vector not null,
    lexical tsvector not null generated always as (
        setweight(to_tsvector('english', content), 'A') || setweight(to_tsvector('english', context), 'D')
    ) stored,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade,
    foreign key (workspace_id, version_id, first_utterance) references utterances on delete cascade,
    foreign key (workspace_id, version_id, last_utterance) references utterances on delete cascade
);
comment on column memories.context is 'words that help to find it: title, date, speaker, the turn before';
create index memories_by_place on memories (workspace_id, version_id, first_utterance);
create index memories_by_kind on memories (workspace_id, kind) where kind <> 'discussion';
create index memories_lexical on memories using gin (workspace_id, lexical) with (fastupdate = off);
-- the HNSW index on embedding is made when the embedding model, and so its dimension, becomes known
