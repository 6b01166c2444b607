-- name: observations_of
-- Everything current that was said about these entities, and these observations of any, a person's name
-- resolved through its link; a correction of what a meeting said stands in that meeting (indexes
-- links_by_entity, observations_by_mention, meeting_versions_current).
with wanted as materialized (
    select o.id from links l
    join observations o on o.workspace_id = l.workspace_id and o.mention_id = l.mention_id
    where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
        and l.retracted_at is null and o.retracted_at is null
    union
    select unnest(%(ids)s::uuid[])
)
select o.id, l.entity_id, o.field, o.key, o.op,
    case when vl.decided_by in ('participant', 'human') then person.name else o.value end as value,
    coalesce(to_jsonb(vl.entity_id::text), o.normalised) as normalised, o.stance,
    coalesce(corrected.meeting_id, v.meeting_id) as meeting_id,
    coalesce(corrected.date, v.date) as meeting_date, coalesce(corrected.date, o.at) as at,
    o.utterance, o.sequence, o.speaker, o.quote, o.made_by = 'human' as by_human,
    case when v.kind = 'correction' then
        case when o.in_meeting is not null then 'meeting' when v.date_has_time then 'moment' else 'day' end
    end as corrects, coalesce(d.number, 0) as decision
from wanted w
-- one at a time by its id: in a workspace that is new to the statistics the whole would be read for each
cross join lateral (
    select * from observations where workspace_id = %(workspace_id)s and id = w.id offset 0
) o
join links l on l.workspace_id = o.workspace_id and l.mention_id = o.mention_id and l.retracted_at is null
join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
left join meeting_versions corrected on corrected.workspace_id = o.workspace_id
    and corrected.meeting_id = o.in_meeting and corrected.retracted_at is null
left join decisions d on d.workspace_id = v.workspace_id and d.version_id = v.id and v.kind = 'correction'
left join links vl on vl.workspace_id = o.workspace_id and vl.mention_id = o.value_mention_id
    and vl.retracted_at is null
left join entities person on person.workspace_id = vl.workspace_id and person.id = vl.entity_id
where o.retracted_at is null and o.version_id <> all(%(without)s::uuid[])

-- name: verdicts
select pair_id, differs, reason, decided_by from verdicts
where workspace_id = %(workspace_id)s and profile_version = %(profile_version)s
    and pair_id = any(%(pairs)s::uuid[]) and retracted_at is null

-- name: current_version
select id from meeting_versions
where workspace_id = %(workspace_id)s and meeting_id = %(meeting_id)s and retracted_at is null

-- name: is_version
select id from meeting_versions where workspace_id = %(workspace_id)s and id = %(id)s

-- name: entities_of_version
select distinct l.entity_id from mentions m
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
where m.workspace_id = %(workspace_id)s and m.version_id = %(version_id)s

-- name: insert_meeting
insert into meetings (workspace_id, id, key) values (%(workspace_id)s, %(id)s, %(key)s) on conflict do nothing

-- name: insert_version
insert into meeting_versions (workspace_id, id, meeting_id, content_hash, name, format, title, series, date,
    date_has_time, participants, words, result)
values (%(workspace_id)s, %(id)s, %(meeting_id)s, %(content_hash)s, %(name)s, %(format)s, %(title)s,
    %(series)s, %(date)s, %(date_has_time)s, %(participants)s, %(words)s, '{}')

-- name: set_result
update meeting_versions set result = %(result)s where workspace_id = %(workspace_id)s and id = %(id)s

-- name: insert_utterances
insert into utterances (workspace_id, version_id, ordinal, speaker, start_seconds, end_seconds, channel, text)
select workspace_id, id, (u->>'ordinal')::int, u->>'speaker', (u->>'start')::float8, (u->>'end')::float8,
    u->>'channel', u->>'text'
from sources, jsonb_array_elements(utterances) u
where workspace_id = %(workspace_id)s and id = %(id)s

-- name: insert_memories
-- From staging, vectors and all, without a way through the client.
insert into memories (workspace_id, id, version_id, kind, content, context, quote, speaker, first_utterance,
    last_utterance, owner, due, due_date, rationale, supersedes, made_by, embedding)
select workspace_id, item::uuid, source_id, p->>'kind', p->>'content', p->>'context', p->>'quote',
    p->>'speaker', (p->>'first_utterance')::int, (p->>'last_utterance')::int, p->>'owner', p->>'due',
    (p->>'due_date')::date, p->>'rationale', p->>'supersedes', p->>'made_by', embedding
from (select *, payload as p from staged_items) s
where workspace_id = %(workspace_id)s and source_id = %(id)s and stage = 'memory'

-- name: insert_entity
-- An entity that was retracted with its last mention comes back.
insert into entities (workspace_id, id, name, type) values (%(workspace_id)s, %(id)s, %(name)s, %(type)s)
on conflict (workspace_id, id) do update set retracted_at = null where entities.retracted_at is not null

-- name: insert_mention
insert into mentions (workspace_id, id, version_id, name, normalised, type, utterances)
values (%(workspace_id)s, %(id)s, %(version_id)s, %(name)s, %(normalised)s, %(type)s, %(utterances)s)

-- name: insert_link
insert into links (workspace_id, id, mention_id, entity_id, decided_by, score)
values (%(workspace_id)s, %(id)s, %(mention_id)s, %(entity_id)s, %(decided_by)s, %(score)s)

-- name: insert_alias
insert into aliases (workspace_id, entity_id, normalised, name, source, bearer, version_id)
values (%(workspace_id)s, %(entity_id)s, %(normalised)s, %(name)s, %(source)s, %(bearer)s, %(version_id)s)
on conflict do nothing

-- name: insert_memory_mention
insert into memory_mentions (workspace_id, memory_id, mention_id)
values (%(workspace_id)s, %(memory_id)s, %(mention_id)s)
on conflict do nothing

-- name: link_memories
-- Every memory is about the things named in its utterances; joined by the utterance, of which a long meeting
-- has too many to compare each with the range of every memory.
insert into memory_mentions (workspace_id, memory_id, mention_id)
select distinct me.workspace_id, me.id, named.id
from (
    select mn.id, u.ordinal from mentions mn
    cross join unnest(mn.utterances) as u (ordinal)
    where mn.workspace_id = %(workspace_id)s and mn.version_id = %(version_id)s
) named
join (
    select m.workspace_id, m.id, place.ordinal from memories m
    cross join generate_series(m.first_utterance, m.last_utterance) as place (ordinal)
    where m.workspace_id = %(workspace_id)s and m.version_id = %(version_id)s
) me on me.ordinal = named.ordinal
on conflict do nothing

-- name: insert_observation
insert into observations (workspace_id, id, version_id, mention_id, field, key, op, value, normalised,
    value_mention_id, stance, utterance, sequence, at, speaker, quote, made_by)
values (%(workspace_id)s, %(id)s, %(version_id)s, %(mention_id)s, %(field)s, %(key)s, %(op)s, %(value)s,
    %(normalised)s, %(value_mention_id)s, %(stance)s, %(utterance)s, %(sequence)s, %(at)s, %(speaker)s,
    %(quote)s, %(made_by)s)

-- name: insert_relation
insert into relations (workspace_id, id, version_id, source_mention_id, target_mention_id, type, ended,
    utterance, at, speaker, quote, made_by)
values (%(workspace_id)s, %(id)s, %(version_id)s, %(source_mention_id)s, %(target_mention_id)s, %(type)s,
    %(ended)s, %(utterance)s, %(at)s, %(speaker)s, %(quote)s, %(made_by)s)

-- name: insert_summary
insert into summaries (workspace_id, version_id, summary, topics, made_by)
values (%(workspace_id)s, %(version_id)s, %(summary)s, %(topics)s, %(made_by)s)

-- name: insert_verdict
-- One that was taken back, and is given again, stands again.
insert into verdicts (workspace_id, id, pair_id, profile_version, field, before_value, after_value, differs,
    reason, decided_by, model, prompt_version)
values (%(workspace_id)s, %(id)s, %(pair_id)s, %(profile_version)s, %(field)s, %(before_value)s,
    %(after_value)s, %(differs)s, %(reason)s, %(decided_by)s, %(model)s, %(prompt_version)s)
on conflict (workspace_id, id) do update
set differs = excluded.differs, reason = excluded.reason, model = excluded.model,
    prompt_version = excluded.prompt_version, recorded_at = now(), retracted_at = null
where verdicts.retracted_at is not null

-- name: retract_version
with at as (select now() as moment),
    a as (update meeting_versions set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and id = %(version_id)s and retracted_at is null),
    b as (update memories set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and version_id = %(version_id)s and retracted_at is null),
    c as (update links set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and retracted_at is null and mention_id in (
            select id from mentions
            where workspace_id = %(workspace_id)s and version_id = %(version_id)s)),
    d as (update mentions set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and version_id = %(version_id)s and retracted_at is null),
    e as (update aliases set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and version_id = %(version_id)s and retracted_at is null),
    f as (update observations set retracted_at = moment from at
        where workspace_id = %(workspace_id)s and version_id = %(version_id)s and retracted_at is null)
update relations set retracted_at = moment from at
where workspace_id = %(workspace_id)s and version_id = %(version_id)s and retracted_at is null

-- name: refresh_entities
-- An entity bears the name and type that its current mentions use most, the earliest meeting first, so that
-- the order in which meetings arrive does not matter; without a mention it is retracted. A first name by
-- which a person is called is not the person's name while any meeting has the whole one. A person who renames
-- it, or says its type, has the last word, then a glossary, then who joined others to its name; any other
-- correction repeats a name and has the least. Gives each with its former name.
with former as (
    select id, name from entities where workspace_id = %(workspace_id)s and id = any(%(entities)s::uuid[])
), used as (
    select l.entity_id, m.name, m.type, sum(cardinality(m.utterances)) as uses,
        min(case v.format when 'name' then 0 when 'glossary' then 1 when 'merge' then 2
            else case v.kind when 'correction' then 4 else 3 end end) as name_rank,
        min(case v.format when 'type' then 0 when 'glossary' then 1
            else case v.kind when 'correction' then 4 else 3 end end) as type_rank,
        max(v.recorded_at) filter (where v.format in ('name', 'type', 'merge')) as decided,
        min(row(v.date, v.meeting_id)::text) as first_used,
        bool_and(l.decided_by = 'participant') as first_name
    from links l
    join mentions m on m.workspace_id = l.workspace_id and m.id = l.mention_id
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
        and l.retracted_at is null
    group by l.entity_id, m.name, m.type
), named as (
    select distinct on (entity_id) entity_id, name from used
    order by entity_id, name_rank, case when name_rank in (0, 2) then decided end desc, first_name,
        sum(uses) over (partition by entity_id, name) desc, first_used, name
), typed as (
    select distinct on (entity_id) entity_id, type from used
    order by entity_id, type_rank, case when type_rank = 0 then decided end desc,
        sum(uses) over (partition by entity_id, type) desc, first_used, type
)
update entities e set name = coalesce(named.name, e.name), type = coalesce(typed.type, e.type),
    retracted_at = case when named.entity_id is null then coalesce(e.retracted_at, now()) end
from unnest(%(entities)s::uuid[]) as touched (id)
left join named on named.entity_id = touched.id
left join typed on typed.entity_id = touched.id
left join former on former.id = touched.id
where e.workspace_id = %(workspace_id)s and e.id = touched.id
returning e.id, e.name, e.type, former.name as former

-- name: entities_called_otherwise
-- The entities that a meeting version names otherwise than they are called, or as another type: one more use
-- of the name that is used most changes nothing, nor does a first name of who is called by the whole one.
select e.id from mentions m
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
join entities e on e.workspace_id = l.workspace_id and e.id = l.entity_id
where m.workspace_id = %(workspace_id)s and m.version_id = %(version_id)s
    and (
        e.retracted_at is not null
        or e.type <> m.type
        or e.name <> m.name and not (l.decided_by = 'participant' and position(' ' in e.name) > 0)
    )
group by e.id

-- name: entities_valued
-- Of which something was said whose value is one of these (index observations_by_value).
select distinct l.entity_id from links valued
join observations o on o.workspace_id = valued.workspace_id and o.value_mention_id = valued.mention_id
join links l on l.workspace_id = o.workspace_id and l.mention_id = o.mention_id and l.retracted_at is null
where valued.workspace_id = %(workspace_id)s and valued.entity_id = any(%(entities)s::uuid[])
    and valued.retracted_at is null

-- name: entities_told_of
-- The entities of which something was said that names these people, such as their owner.
select distinct l.entity_id from observations o
join links l on l.workspace_id = o.workspace_id and l.mention_id = o.mention_id and l.retracted_at is null
where o.workspace_id = %(workspace_id)s and o.value_mention_id = any(%(mentions)s::uuid[])

-- name: retract_link
update links set retracted_at = now() where workspace_id = %(workspace_id)s and id = %(id)s

-- name: move_alias
-- The names by which a mention calls an entity go with it to another; they may have come from there.
with left_behind as (
    update aliases a set retracted_at = now()
    from mentions m
    where m.workspace_id = %(workspace_id)s and m.id = %(mention_id)s and a.workspace_id = m.workspace_id
        and a.version_id = m.version_id and a.entity_id = %(before)s and a.retracted_at is null
        and (m.normalised = a.bearer or m.normalised = a.normalised and not exists (
            select 1 from mentions b
            where b.workspace_id = a.workspace_id and b.version_id = a.version_id
                and b.normalised = a.bearer))
    returning a.workspace_id, a.normalised, a.name, a.source, a.bearer, a.version_id
)
insert into aliases (workspace_id, entity_id, normalised, name, source, bearer, version_id)
select workspace_id, %(entity_id)s, normalised, name, source, bearer, version_id from left_behind
on conflict (workspace_id, entity_id, normalised, version_id, bearer) do update set retracted_at = null
