-- What people decide by hand: imported states and names, corrections, and names joined or kept apart.
alter table meeting_versions add column kind text not null default 'meeting'
    check (kind in ('meeting', 'import', 'correction'));
comment on column meeting_versions.kind is
    'what is written by hand has the form of a meeting, whose utterances are the lines; it is not listed as one';

alter table observations add column in_meeting uuid;
alter table observations add foreign key (workspace_id, in_meeting) references meetings on delete cascade;
comment on column observations.in_meeting is 'a correction stands in the place of what this meeting said';

create table decisions (
    workspace_id uuid not null references workspaces on delete cascade,
    id uuid not null,
    number integer not null check (number > 0),
    kind text not null
        check (kind in ('state', 'date', 'speaker', 'name', 'type', 'merge', 'split', 'apart')),
    version_id uuid not null,
    details jsonb not null,
    decided_by text not null,
    recorded_at timestamptz not null default now(),
    retracted_at timestamptz,
    retracted_by text,
    primary key (workspace_id, id),
    unique (workspace_id, number),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);
comment on column decisions.number is 'the order in which they were decided, and what people call them by';
comment on column decisions.version_id is 'the words that say so: a correction, or a line of an import';
create index decisions_current on decisions (workspace_id, kind) where retracted_at is null;

-- Names that look alike and that nobody has judged yet, or a person has.
create table name_pairs (
    workspace_id uuid not null,
    id uuid not null,
    entity_id uuid not null,
    other_id uuid not null,
    name text not null,
    other_name text not null,
    score real not null check (score between 0 and 1),
    meeting_id uuid not null,
    recorded_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, entity_id) references entities on delete cascade,
    foreign key (workspace_id, other_id) references entities on delete cascade,
    foreign key (workspace_id, meeting_id) references meetings on delete cascade
);
comment on column name_pairs.meeting_id is 'the meeting that used the name';
