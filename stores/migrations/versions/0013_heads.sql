-- How far the history of each field is folded, so that a meeting that comes last costs what it says and not
-- what was ever said. Like states and transitions a pure function of the rest, and made again.
create table heads (
    workspace_id uuid not null,
    entity_id uuid not null,
    field text not null,
    key text not null,
    last_observation_id uuid not null,
    last_date timestamptz not null,
    standing uuid[] not null,
    is_plain boolean not null,
    primary key (workspace_id, entity_id, field, key),
    foreign key (workspace_id, entity_id) references entities on delete cascade,
    foreign key (workspace_id, last_observation_id) references observations on delete cascade
);
comment on column heads.standing is 'the observations that the value, or the items of a set, stand on';
comment on column heads.is_plain is 'false: it is folded from the beginning, whatever comes';
create index heads_by_observation on heads (workspace_id, last_observation_id);

-- So that what names mean is found without reading each use of them: the entities of a name one after the
-- other, and the few names that are explained by others.
drop index aliases_by_name;
create index aliases_by_name on aliases (workspace_id, normalised, entity_id) where retracted_at is null;
create index aliases_explained on aliases (workspace_id, normalised, bearer)
    where bearer <> normalised and retracted_at is null;
create index aliases_explaining on aliases (workspace_id, bearer, normalised)
    where bearer <> normalised and retracted_at is null;
