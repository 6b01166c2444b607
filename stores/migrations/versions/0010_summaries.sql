-- What each meeting was about, in a few sentences; goes with its version.
create table summaries (
    workspace_id uuid not null,
    version_id uuid not null,
    summary text check (summary <> ''),
    topics text[] not null,
    made_by text not null check (made_by in ('rule', 'llm')),
    primary key (workspace_id, version_id),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);
comment on column summaries.summary is 'in the words of a model; none where the rules made it';

alter table version_items drop constraint version_items_stage_check;
alter table version_items add constraint version_items_stage_check
    check (stage in ('window', 'extraction', 'apart', 'summary'));
