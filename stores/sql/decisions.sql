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
-- The names by which an entity is mentioned, the one that it bears first, then those used most; with the
-- series that uses each.
select m.name, m.type, max(v.series) as series
from links l
join mentions m on m.workspace_id = l.workspace_id and m.id = l.mention_id
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
join entities e on e.workspace_id = l.workspace_id and e.id = l.entity_id
where l.workspace_id = %(workspace_id)s and l.entity_id = %(entity_id)s and l.retracted_at is null
group by m.name, m.type, e.name, lower(v.series)
order by m.name = e.name desc, sum(cardinality(m.utterances)) desc, m.name, m.type

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
