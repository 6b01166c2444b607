-- name: profile_at
-- The profile of a workspace at a time of ingestion ('infinity': now); what the caller has of it already stays
-- here (index profiles_current).
select
    version,
    name,
    case when not version = any(%(known_versions)s) then content end as content
from profiles
where workspace_id = %(workspace_id)s
    and set_at <= %(known)s::timestamptz
    and (replaced_at is null or replaced_at > %(known)s::timestamptz)

-- name: profile_source
select version, name, source, set_at
from profiles
where workspace_id = %(workspace_id)s and replaced_at is null

-- name: keep_profile
-- A workspace that has a profile keeps it.
insert into profiles (workspace_id, version, name, source, content)
values (%(workspace_id)s, %(version)s, %(name)s, %(source)s, %(content)s)
on conflict (workspace_id) where replaced_at is null do nothing

-- name: retire_profile
update profiles
set replaced_at = clock_timestamp()
where workspace_id = %(workspace_id)s and replaced_at is null

-- name: values_said
-- The current values of a workspace with the day of their meeting, to be read anew.
select
    o.id,
    o.field,
    o.value,
    o.normalised,
    o.value_mention_id,
    coalesce(corrected.date, v.date) as meeting_date
from observations o
join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
left join meeting_versions corrected
    on corrected.workspace_id = o.workspace_id
    and corrected.meeting_id = o.in_meeting
    and corrected.retracted_at is null
where o.workspace_id = %(workspace_id)s and o.retracted_at is null and o.value is not null

-- name: retype_values
-- What the values mean now; one of a person is the person's mention in that meeting, where there is one.
update observations o
set normalised = given.normalised,
    value_mention_id = (
        select m.id
        from mentions m
        where m.workspace_id = o.workspace_id
            and m.version_id = o.version_id
            and m.type = 'person'
            and m.normalised = given.person
        order by m.id
        limit 1
    )
from unnest(%(ids)s::uuid[], %(normalised)s::jsonb[], %(people)s::text[]) as given (id, normalised, person)
where o.workspace_id = %(workspace_id)s and o.id = given.id

-- name: current_entities
select id from entities where workspace_id = %(workspace_id)s and retracted_at is null

-- name: transitions_now
select entity_id, field, key, meeting_id, before, after
from transitions
where workspace_id = %(workspace_id)s

-- name: verdicts_to_carry
-- What a model or a person judged; the same two values of a field are the same pair under any profile.
select pair_id, field, before_value, after_value, differs, reason, decided_by, model, prompt_version
from verdicts
where workspace_id = %(workspace_id)s
    and profile_version = %(profile_version)s
    and decided_by in ('llm', 'human')
    and retracted_at is null

-- name: keys_of
-- What these fields have values for.
select distinct field, key
from transitions
where workspace_id = %(workspace_id)s and field = any(%(fields)s) and key <> ''
order by field, key
