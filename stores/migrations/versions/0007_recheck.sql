-- What the readers of a degraded version drew outlives its commit, so that recheck asks the model only for
-- what it failed at.
create table version_items (
    workspace_id uuid not null,
    version_id uuid not null,
    stage text not null check (stage in ('window', 'extraction', 'apart')),
    item text not null,
    payload jsonb not null,
    primary key (workspace_id, version_id, stage, item),
    foreign key (workspace_id, version_id) references meeting_versions on delete cascade
);
comment on table version_items is 'of staged_items, what recheck needs of a version that is degraded';

alter table sources add column rechecks uuid;
comment on column sources.rechecks is 'the committed version that this one, staged by recheck, is to replace';
