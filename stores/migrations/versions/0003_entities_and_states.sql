-- What it was about and how it changed. Rows are retracted, never deleted, but for states and
-- transitions, which are a pure function of the rest and are made again.
create table entities (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    name text not null,
    type text not null,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id)
);
create index entities_by_name on entities (workspace_id, name) where retracted_at is null;

-- A name as one meeting version used it, with every utterance that does.
create table mentions (
    workspace_id uuid not null,
    id uuid not null,
    version_id uuid not null,
    name text not null,
    normalised text not null,
    type text not null,
    utterances integer[] not null,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);
create index mentions_by_version on mentions (workspace_id, version_id);

create table links (
    workspace_id uuid not null,
    id uuid not null,
    mention_id uuid not null,
    entity_id uuid not null,
    decided_by text not null
        check (decided_by in ('name', 'alias', 'participant', 'score', 'llm', 'fallback', 'human')),
    score real not null check (score between 0 and 1),
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, mention_id) references mentions on delete cascade,
    foreign key (workspace_id, entity_id) references entities on delete cascade
);
-- a mention is one entity at a time
create unique index links_current on links (workspace_id, mention_id) where retracted_at is null;
create index links_by_entity on links (workspace_id, entity_id);

create table aliases (
    workspace_id uuid not null,
    entity_id uuid not null,
    normalised text not null check (normalised <> ''),
    name text not null,
    source text not null check (source in ('mention', 'participant', 'extraction', 'human')),
    version_id uuid not null,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, entity_id, normalised, version_id),
    foreign key (workspace_id, entity_id) references entities on delete cascade,
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);
create index aliases_by_name on aliases (workspace_id, normalised) where retracted_at is null;
create index aliases_by_version on aliases (workspace_id, version_id);
create index aliases_by_trigram on aliases using gin (workspace_id, normalised gin_trgm_ops);

create table memory_mentions (
    workspace_id uuid not null,
    memory_id uuid not null,
    mention_id uuid not null,
    primary key (workspace_id, memory_id, mention_id),
    foreign key (workspace_id, memory_id) references memories on delete cascade,
    foreign key (workspace_id, mention_id) references mentions on delete cascade
);
create index memory_mentions_by_mention on memory_mentions (workspace_id, mention_id);

create table observations (
    workspace_id uuid not null,
    id uuid not null,
    version_id uuid not null,
    mention_id uuid not null,
    field text not null,
    key text not null,
    op text not null check (op in ('set', 'clear', 'add', 'resolve')),
    value text,
    normalised jsonb,
    value_mention_id uuid,
    stance text not null check (stance in ('decided', 'stated', 'proposed')),
    utterance integer not null,
    sequence integer not null,
    at timestamptz not null,
    speaker text,
    quote text not null,
    made_by text not null check (made_by in ('rule', 'llm', 'human')),
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    check (op <> 'set' or value is not null),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade,
    foreign key (workspace_id, mention_id) references mentions on delete cascade,
    foreign key (workspace_id, value_mention_id) references mentions on delete cascade,
    foreign key (workspace_id, version_id, utterance) references utterances on delete cascade
);
create index observations_by_mention on observations (workspace_id, mention_id);
create index observations_by_value on observations (workspace_id, value_mention_id)
    where value_mention_id is not null;
create index observations_by_version on observations (workspace_id, version_id);

create table verdicts (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    pair_id uuid not null,
    profile_version text not null,
    field text not null,
    before_value text,
    after_value text,
    differs boolean not null,
    reason text not null,
    decided_by text not null check (decided_by in ('rule', 'llm', 'fallback', 'human')),
    model text,
    prompt_version text,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id)
);
create unique index verdicts_current on verdicts (workspace_id, profile_version, pair_id)
    where retracted_at is null;

create table states (
    workspace_id uuid not null,
    entity_id uuid not null,
    field text not null,
    key text not null,
    value text,
    normalised jsonb,
    since timestamptz not null,
    meeting_id uuid not null,
    observation_id uuid not null,
    primary key (workspace_id, entity_id, field, key),
    foreign key (workspace_id, entity_id) references entities on delete cascade,
    foreign key (workspace_id, meeting_id) references meetings on delete cascade,
    foreign key (workspace_id, observation_id) references observations on delete cascade
);

create table transitions (
    workspace_id uuid not null,
    id uuid not null,
    entity_id uuid not null,
    field text not null,
    key text not null,
    before text,
    after text,
    normalised jsonb,
    reason text not null,
    at timestamptz not null,
    meeting_id uuid not null,
    observation_id uuid not null,
    decided_by text not null check (decided_by in ('rule', 'llm', 'fallback', 'human')),
    first_sight boolean not null,
    primary key (workspace_id, id),
    unique (workspace_id, entity_id, field, key, meeting_id),
    foreign key (workspace_id, entity_id) references entities on delete cascade,
    foreign key (workspace_id, meeting_id) references meetings on delete cascade,
    foreign key (workspace_id, observation_id) references observations on delete cascade
);
create index transitions_by_entity on transitions (workspace_id, entity_id, at);
create index transitions_by_time on transitions (workspace_id, at);

create table relations (
    workspace_id uuid not null,
    id uuid not null,
    version_id uuid not null,
    source_mention_id uuid not null,
    target_mention_id uuid not null,
    type text not null check (type in ('works_on', 'reports_to', 'depends_on', 'blocks', 'includes',
        'responsible_for', 'collaborates_with', 'relates_to')),
    ended boolean not null,
    utterance integer not null,
    at timestamptz not null,
    speaker text,
    quote text not null,
    made_by text not null check (made_by in ('rule', 'llm', 'human')),
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    primary key (workspace_id, id),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade,
    foreign key (workspace_id, source_mention_id) references mentions on delete cascade,
    foreign key (workspace_id, target_mention_id) references mentions on delete cascade
);
create index relations_by_source on relations (workspace_id, source_mention_id);
create index relations_by_target on relations (workspace_id, target_mention_id);
create index relations_by_version on relations (workspace_id, version_id);
