-- Names that look alike are kept as names, not as the entities that they were found at: entities come and go
-- as names are joined and parted, the names stay. Nothing was written here before.
drop table name_pairs;
create table name_pairs (
    workspace_id uuid not null,
    id uuid not null,
    name text not null,
    normalised text not null,
    type text not null,
    other_name text not null,
    other_normalised text not null,
    other_type text not null,
    score real not null check (score between 0 and 1),
    meeting_id uuid not null,
    recorded_at timestamptz not null default now(),
    primary key (workspace_id, id),
    foreign key (workspace_id, meeting_id) references meetings on delete cascade
);
comment on table name_pairs is 'names that look alike and that neither a rule nor a model has judged';
comment on column name_pairs.meeting_id is 'the meeting that used the name';
create index name_pairs_by_meeting on name_pairs (workspace_id, meeting_id);
create index decisions_by_version on decisions (workspace_id, version_id);
