-- name: next_number
-- Decisions are numbered in the order in which they are made; the caller holds the workspace's lock.
select coalesce(max(number), 0) + 1 as number from decisions where workspace_id = %(workspace_id)s

-- name: insert_decision
insert into decisions (workspace_id, id, number, kind, version_id, details, decided_by)
values (%(workspace_id)s, %(id)s, %(number)s, %(kind)s, %(version_id)s, %(details)s, %(decided_by)s)

-- name: decisions
-- What people decided, in their order, with the words that say so.
select d.number, d.kind, d.version_id, v.meeting_id, v.series, v.date, v.date_has_time, u.text as told,
    d.details, d.decided_by as by, d.recorded_at, d.retracted_at, d.retracted_by
from decisions d
join meeting_versions v on v.workspace_id = d.workspace_id and v.id = d.version_id
join utterances u on u.workspace_id = v.workspace_id and u.version_id = v.id and u.ordinal = 0
where d.workspace_id = %(workspace_id)s
    and (%(undone)s or d.retracted_at is null)
    and (%(number)s::int is null or d.number = %(number)s)
order by d.number

-- name: retract_decision
update decisions set retracted_at = now(), retracted_by = %(by)s
where workspace_id = %(workspace_id)s and number = %(number)s and retracted_at is null

-- name: place_observations
-- A correction of what a meeting said stands in that meeting's place.
update observations set in_meeting = %(meeting_id)s
where workspace_id = %(workspace_id)s and version_id = %(version_id)s

-- name: names_of_entity
-- The names by which meetings mention or explain an entity, the one that it bears first, then those used most;
-- with the series that uses each, or the meeting where that is of none; and whether anything but a correction
-- has it.
select n.name, n.type, max(v.series) as series, max(mt.key) as key, bool_or(v.kind <> 'correction') as is_said
from (
    select m.name, m.type, m.version_id, cardinality(m.utterances) as uses
    from links l
    join mentions m on m.workspace_id = l.workspace_id and m.id = l.mention_id
    where l.workspace_id = %(workspace_id)s and l.entity_id = %(entity_id)s and l.retracted_at is null
    union all
    select a.name, coalesce(m.type, e.type), a.version_id, 0
    from aliases a
    join entities e on e.workspace_id = a.workspace_id and e.id = a.entity_id
    left join mentions m on m.workspace_id = a.workspace_id and m.version_id = a.version_id
        and m.normalised = a.bearer
    where a.workspace_id = %(workspace_id)s and a.entity_id = %(entity_id)s and a.retracted_at is null
) n
join meeting_versions v on v.workspace_id = %(workspace_id)s and v.id = n.version_id
join meetings mt on mt.workspace_id = v.workspace_id and mt.id = v.meeting_id
join entities e on e.workspace_id = %(workspace_id)s and e.id = %(entity_id)s
group by n.name, n.type, e.name, lower(v.series), case when v.series is null then mt.key end
order by n.name = e.name desc, sum(n.uses) desc, n.name, n.type

-- name: meetings_called
-- The current meetings that an id, a key or a title names.
select v.meeting_id as id, m.key, v.title, v.series, v.date, v.date_has_time, v.id as version_id
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
where v.workspace_id = %(workspace_id)s and v.kind = 'meeting' and v.retracted_at is null
    and (v.meeting_id::text = lower(%(name)s) or m.key = %(name)s or lower(v.title) = lower(%(name)s))
order by v.date, v.meeting_id

-- name: states_of_field
-- The current values of a field, with the version whose words each rests on.
select s.key, s.value, o.version_id
from states s
join observations o on o.workspace_id = s.workspace_id and o.id = s.observation_id
where s.workspace_id = %(workspace_id)s and s.entity_id = %(entity_id)s and s.field = %(field)s

-- name: hide_alias
-- A name that a meeting gave a thing, and of which a person said that it is another's.
update aliases set retracted_at = now()
where workspace_id = %(workspace_id)s and version_id = %(version_id)s and normalised = %(normalised)s
    and bearer = %(bearer)s and retracted_at is null

-- name: restore_aliases
-- All names that current meetings gave to what they name are its names again (index aliases_by_version).
insert into aliases (workspace_id, entity_id, normalised, name, source, bearer, version_id)
select a.workspace_id, l.entity_id, a.normalised, min(a.name), min(a.source), a.bearer, a.version_id
from aliases a
join meeting_versions v on v.workspace_id = a.workspace_id and v.id = a.version_id and v.retracted_at is null
join mentions m on m.workspace_id = a.workspace_id and m.version_id = a.version_id and m.normalised = a.bearer
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
where a.workspace_id = %(workspace_id)s and a.normalised = any(%(names)s) and a.bearer <> a.normalised
    and a.retracted_at is not null
group by a.workspace_id, l.entity_id, a.normalised, a.bearer, a.version_id
on conflict (workspace_id, entity_id, normalised, version_id, bearer) do update set retracted_at = null
where aliases.retracted_at is not null

-- name: names_alike
-- For every name that only this version has, the current names of other things, of this very meeting too, that
-- are spelled alike, hold it, or are its first word.
with fresh as materialized (
    select n.name from unnest(%(names)s::text[]) as n (name)
    where not exists (
        select from aliases k
        join meeting_versions v on v.workspace_id = k.workspace_id and v.id = k.version_id
        where k.workspace_id = %(workspace_id)s and k.normalised = n.name and k.retracted_at is null
            and v.meeting_id <> %(meeting_id)s)
), known as materialized (
    -- once each, however many meetings use it
    select distinct entity_id, name, normalised from aliases
    where workspace_id = %(workspace_id)s and retracted_at is null and exists (select from fresh)
)
select n.name as normalised, a.entity_id, e.type, a.name, a.normalised as alias,
    similarity(a.normalised, n.name) as score
from fresh n
cross join lateral (
    (select entity_id, name, normalised from known
    where normalised %% n.name
    order by similarity(normalised, n.name) desc, entity_id
    limit %(most)s)
    union
    (select entity_id, name, normalised from known
    where normalised %%> n.name
    order by similarity(normalised, n.name) desc, entity_id
    limit %(most)s)
    union
    (select entity_id, name, normalised from known
    where normalised = split_part(n.name, ' ', 1)
    order by entity_id
    limit %(most)s)
) a
join entities e on e.workspace_id = %(workspace_id)s and e.id = a.entity_id and e.retracted_at is null
where a.normalised <> n.name
order by n.name, score desc, alias, a.entity_id

-- name: insert_pair
insert into name_pairs (workspace_id, id, name, normalised, type, other_name, other_normalised, other_type, score,
    meeting_id)
values (%(workspace_id)s, %(id)s, %(name)s, %(normalised)s, %(type)s, %(other_name)s, %(other_normalised)s,
    %(other_type)s, %(score)s, %(meeting_id)s)
on conflict do nothing

-- name: pairs
-- Names that look alike and are two things now, the likeliest first, each with what most current meetings mean
-- by it (index aliases_by_name).
select p.id, p.name, p.type, one.id as entity_id, one.name as entity, p.other_name, p.other_type,
    other.id as other_entity_id, other.name as other_entity, p.score, p.meeting_id, v.title, v.date
from name_pairs p
join meeting_versions v on v.workspace_id = p.workspace_id and v.meeting_id = p.meeting_id
    and v.retracted_at is null
cross join lateral (
    select e.id, e.name from aliases a
    join entities e on e.workspace_id = a.workspace_id and e.id = a.entity_id and e.retracted_at is null
    where a.workspace_id = p.workspace_id and a.normalised = p.normalised and a.retracted_at is null
        and (e.type = 'person') = (p.type = 'person')
    group by e.id, e.name
    order by count(*) desc, e.id
    limit 1
) one
cross join lateral (
    select e.id, e.name from aliases a
    join entities e on e.workspace_id = a.workspace_id and e.id = a.entity_id and e.retracted_at is null
    where a.workspace_id = p.workspace_id and a.normalised = p.other_normalised and a.retracted_at is null
        and (e.type = 'person') = (p.other_type = 'person')
    group by e.id, e.name
    order by count(*) desc, e.id
    limit 1
) other
where p.workspace_id = %(workspace_id)s and one.id <> other.id
order by p.score desc, lower(p.name), p.id

-- name: vanished
-- Decisions, undone or not, about a meeting or a name that is nowhere any more but in corrections (index
-- aliases_by_name holds the current ones).
select d.number, v.meeting_id, d.details
from decisions d
join meeting_versions v on v.workspace_id = d.workspace_id and v.id = d.version_id
where d.workspace_id = %(workspace_id)s
    and (
        d.details->>'meeting_id' is not null
        and not exists (
            select from meetings m
            where m.workspace_id = d.workspace_id and m.id = (d.details->>'meeting_id')::uuid)
        or exists (
            select from jsonb_array_elements_text(d.details->'subjects') as subject (name)
            where not exists (
                select from aliases a
                join meeting_versions s on s.workspace_id = a.workspace_id and s.id = a.version_id
                where a.workspace_id = d.workspace_id and a.normalised = subject.name
                    and s.kind <> 'correction')))
order by d.number

-- name: rehome_pairs
-- A pair is said in another meeting that uses the name, where one does, before these are forgotten.
update name_pairs p set meeting_id = other.meeting_id
from (
    select distinct on (q.id) q.id, v.meeting_id
    from name_pairs q
    join aliases a on a.workspace_id = q.workspace_id and a.normalised = q.normalised
        and a.retracted_at is null
    join meeting_versions v on v.workspace_id = a.workspace_id and v.id = a.version_id and v.kind = 'meeting'
    where q.workspace_id = %(workspace_id)s and q.meeting_id = any(%(meetings)s::uuid[])
        and v.meeting_id <> all(%(meetings)s::uuid[])
    order by q.id, v.date, v.meeting_id
) other
where p.workspace_id = %(workspace_id)s and p.id = other.id

-- name: delete_vanished_pairs
-- Pairs of which one name is nowhere any more.
delete from name_pairs p
where p.workspace_id = %(workspace_id)s
    and exists (
        select from unnest(array[p.normalised, p.other_normalised]) as side (name)
        where not exists (
            select from aliases a where a.workspace_id = p.workspace_id and a.normalised = side.name))
