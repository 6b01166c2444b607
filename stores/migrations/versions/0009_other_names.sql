-- What each other name is the name of, as the meeting said it: who bears a name is found again from all that
-- meetings say, in whatever order they come.
create extension if not exists fuzzystrmatch;

alter table aliases add column bearer text;
update aliases a set bearer = a.normalised where a.source <> 'extraction';
update aliases a set bearer = coalesce((
    select min(m.normalised) from mentions m
    join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.entity_id = a.entity_id
    where m.workspace_id = a.workspace_id and m.version_id = a.version_id
), a.normalised)
where a.source = 'extraction';
alter table aliases alter column bearer set not null;
comment on column aliases.bearer is 'the normalised name whose other name it is; itself where it is just used';

-- one meeting may say that two of its names have the same other name
alter table aliases drop constraint aliases_pkey;
alter table aliases add primary key (workspace_id, entity_id, normalised, version_id, bearer);
alter table aliases drop constraint aliases_source_check;
alter table aliases add check (source in ('mention', 'participant', 'extraction', 'llm', 'human'));
create index aliases_by_bearer on aliases (workspace_id, bearer) where retracted_at is null;

-- Recognition reads numbers digit by digit, leaves a code's prefix out and writes what it heard: "7, 9, 0. 7",
-- "fossil" for FOCIL.
create function digits_of(name text) returns text language sql immutable strict parallel safe
    return regexp_replace(name, '[^0-9]', '', 'g');
create function sound_of(name text) returns text language sql immutable strict parallel safe
    return dmetaphone(regexp_replace(name, '[^a-z]', '', 'g'));
create function initials_of(name text) returns text language sql immutable strict parallel safe
    return regexp_replace(name, '(\S)\S*\s*', '\1', 'g');

create index aliases_by_digits on aliases (workspace_id, digits_of(normalised))
    where retracted_at is null and normalised ~ '[0-9]';
create index aliases_by_sound on aliases (workspace_id, sound_of(normalised)) where retracted_at is null;
create index aliases_by_initials on aliases (workspace_id, initials_of(normalised)) where retracted_at is null;
