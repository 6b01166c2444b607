-- A meeting whose date or speakers a person has put right is a version of its own, made of the one that was
-- handed in, which stays, so that it can be made again from it when the decision is undone.
alter table meeting_versions add column base_id uuid;
alter table meeting_versions add foreign key (workspace_id, base_id)
    references meeting_versions on delete cascade;
comment on column meeting_versions.base_id is 'the version as it was handed in, of which this is a corrected copy';
create index meeting_versions_by_base on meeting_versions (workspace_id, base_id) where base_id is not null;

-- What is copied for a version has ids that follow from it.
create function copied_id(id uuid, version_id uuid) returns uuid language sql immutable strict parallel safe
    return md5(id::text || version_id::text)::uuid;

-- Under which names every turn is or was known, in small letters, before and after it was put right.
create function names_of_turns(workspace uuid) returns table (version_id uuid, ordinal integer, name text)
language sql stable parallel safe begin atomic
select u.version_id, u.ordinal, lower(s.speaker)
from utterances u
join meeting_versions v on v.workspace_id = u.workspace_id and v.id = u.version_id and v.kind <> 'correction'
join meeting_versions w on w.workspace_id = v.workspace_id and w.meeting_id = v.meeting_id
    and coalesce(w.base_id, w.id) = coalesce(v.base_id, v.id)
join utterances s on s.workspace_id = w.workspace_id and s.version_id = w.id and s.ordinal = u.ordinal
where u.workspace_id = workspace and s.speaker is not null;
end;
