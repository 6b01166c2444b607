-- name: heads
-- How far the series of these entities are folded.
select entity_id, field, key, last_observation_id, last_date, standing, is_plain from heads
where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: workspaces
select id, name from workspaces order by name

-- name: all_entities
-- Current or not: what is retracted has no history.
select id, name from entities where workspace_id = %(workspace_id)s order by id

-- name: states
select entity_id, field, key, value, normalised, since, meeting_id, observation_id from states
where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: transitions
select id, entity_id, field, key, before, after, normalised, reason, at, meeting_id, observation_id, decided_by,
    first_sight
from transitions
where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: clear_heads
delete from heads where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: clear_standing
-- The states of one series: those that stand on what its head says.
delete from states s using heads h
where h.workspace_id = %(workspace_id)s and h.entity_id = %(entity_id)s and h.field = %(field)s
    and h.key = %(key)s and s.workspace_id = h.workspace_id and s.entity_id = h.entity_id
    and s.field = h.field and s.observation_id = any(h.standing)

-- name: put_head
insert into heads (workspace_id, entity_id, field, key, last_observation_id, last_date, standing, is_plain)
values (%(workspace_id)s, %(entity_id)s, %(field)s, %(key)s, %(last_observation_id)s, %(last_date)s,
    %(standing)s::uuid[], %(is_plain)s)
on conflict (workspace_id, entity_id, field, key) do update
set last_observation_id = excluded.last_observation_id, last_date = excluded.last_date,
    standing = excluded.standing, is_plain = excluded.is_plain

-- name: clear_states
delete from states where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: clear_transitions
delete from transitions where workspace_id = %(workspace_id)s and entity_id = any(%(entities)s::uuid[])

-- name: insert_state
insert into states (workspace_id, entity_id, field, key, value, normalised, since, meeting_id, observation_id)
values (%(workspace_id)s, %(entity_id)s, %(field)s, %(key)s, %(value)s, %(normalised)s, %(since)s,
    %(meeting_id)s, %(observation_id)s)

-- name: insert_transition
insert into transitions (workspace_id, id, entity_id, field, key, before, after, normalised, reason, at,
    meeting_id, observation_id, decided_by, first_sight)
values (%(workspace_id)s, %(id)s, %(entity_id)s, %(field)s, %(key)s, %(before)s, %(after)s, %(normalised)s,
    %(reason)s, %(at)s, %(meeting_id)s, %(observation_id)s, %(decided_by)s, %(first_sight)s)
