-- name: transitions
-- Every first sight and change in (after, as_of], in the order of the history. A person's value is shown
-- by the person's name, whatever the meeting called them.
with named as (
    select
        t.*,
        coalesce(p.name, t.after) as shown,
        case
            when t.before is not null then coalesce(
                lag(p.name) over (
                    partition by t.entity_id, t.field, t.key
                    order by t.at, t.decided_by <> 'human', t.meeting_id
                ),
                t.before
            )
        end as shown_before
    from transitions t
    left join entities p
        on p.workspace_id = t.workspace_id
        and p.type = 'person'
        and p.id = case
            when pg_input_is_valid(t.normalised #>> '{}', 'uuid') then (t.normalised #>> '{}')::uuid
        end
    where t.workspace_id = %(workspace_id)s
        and (%(entities)s::uuid[] is null or t.entity_id = any(%(entities)s::uuid[]))
        and (%(fields)s::text[] is null or t.field = any(%(fields)s::text[]))
)
select
    t.entity_id,
    e.name as entity,
    e.type,
    t.field,
    t.key,
    t.shown_before as before,
    t.shown as after,
    t.normalised #>> '{}' as normalised,
    t.reason,
    t.at,
    t.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    o.utterance,
    u.start_seconds as start,
    o.speaker,
    o.quote,
    t.decided_by,
    t.first_sight
from named t
join entities e on e.workspace_id = t.workspace_id and e.id = t.entity_id
join observations o on o.workspace_id = t.workspace_id and o.id = t.observation_id
join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
join utterances u
    on u.workspace_id = o.workspace_id
    and u.version_id = o.version_id
    and u.ordinal = o.utterance
where t.at <= %(as_of)s::timestamptz
    and t.at > %(after)s::timestamptz
    and (%(meetings)s::uuid[] is null or t.meeting_id = any(%(meetings)s::uuid[]))
    and (not %(changes_only)s or not t.first_sight)
order by t.at, t.decided_by <> 'human', t.meeting_id, o.utterance, o.sequence, t.field, t.key

-- name: states
-- The state as of a time: of each entity, field and key the latest transition that left a value. Where nothing
-- moved after that time it is the current state, by what brought it about, however long the history (index
-- transitions_by_entity, unique index of transitions).
with asked as materialized (
    select e.id, exists (
        select from transitions t
        where t.workspace_id = e.workspace_id and t.entity_id = e.id and t.at > %(as_of)s::timestamptz
    ) as moved_since
    from entities e
    where e.workspace_id = %(workspace_id)s
        and (%(entities)s::uuid[] is null or e.id = any(%(entities)s::uuid[]))
), latest as (
    select t.*
    from asked a
    join states s on s.workspace_id = %(workspace_id)s and s.entity_id = a.id
    join transitions t on t.workspace_id = s.workspace_id and t.entity_id = s.entity_id
        and t.field = s.field and t.key = s.key and t.meeting_id = s.meeting_id
    where not a.moved_since
        and (%(fields)s::text[] is null or s.field = any(%(fields)s::text[]))
    union all
    (select distinct on (t.entity_id, t.field, t.key) t.*
    from asked a
    join transitions t on t.workspace_id = %(workspace_id)s and t.entity_id = a.id
    where a.moved_since
        and t.at <= %(as_of)s::timestamptz
        and (%(fields)s::text[] is null or t.field = any(%(fields)s::text[]))
    order by t.entity_id, t.field, t.key, t.at desc, t.decided_by = 'human', t.meeting_id desc)
)
select
    t.entity_id,
    e.name as entity,
    e.type,
    t.field,
    t.key,
    t.before,
    coalesce(p.name, t.after) as after,
    t.normalised #>> '{}' as normalised,
    t.reason,
    t.at,
    t.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    o.utterance,
    u.start_seconds as start,
    o.speaker,
    o.quote,
    t.decided_by,
    t.first_sight
from latest t
join entities e on e.workspace_id = t.workspace_id and e.id = t.entity_id
join observations o on o.workspace_id = t.workspace_id and o.id = t.observation_id
join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
join utterances u
    on u.workspace_id = o.workspace_id
    and u.version_id = o.version_id
    and u.ordinal = o.utterance
left join entities p
    on p.workspace_id = t.workspace_id
    and p.type = 'person'
    and p.id = case when pg_input_is_valid(t.normalised #>> '{}', 'uuid') then (t.normalised #>> '{}')::uuid end
where t.after is not null
    and (%(values)s::text[] is null or t.normalised #>> '{}' = any(%(values)s::text[]))
order by lower(e.name), e.id, t.field, t.at, t.key

-- name: relations
-- Relations that hold at a time, both directions: not ended since they were last said to begin.
with said as (
    select
        source.entity_id as source_id,
        r.type,
        target.entity_id as target_id,
        r.ended,
        r.at,
        r.utterance,
        r.speaker,
        r.quote,
        v.meeting_id,
        v.id as version_id,
        v.title,
        v.date,
        max(r.at) filter (where r.ended) over (
            partition by source.entity_id, r.type, target.entity_id
        ) as ended_at
    from relations r
    join links source
        on source.workspace_id = r.workspace_id
        and source.mention_id = r.source_mention_id
        and source.recorded_at <= %(known)s::timestamptz
        and (source.retracted_at is null or source.retracted_at > %(known)s::timestamptz)
    join links target
        on target.workspace_id = r.workspace_id
        and target.mention_id = r.target_mention_id
        and target.recorded_at <= %(known)s::timestamptz
        and (target.retracted_at is null or target.retracted_at > %(known)s::timestamptz)
    join meeting_versions v
        on v.workspace_id = r.workspace_id
        and v.id = r.version_id
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
    where r.workspace_id = %(workspace_id)s
        and r.at <= %(as_of)s::timestamptz
        and r.recorded_at <= %(known)s::timestamptz
        and (r.retracted_at is null or r.retracted_at > %(known)s::timestamptz)
        and (
            %(entities)s::uuid[] is null
            or source.entity_id = any(%(entities)s::uuid[])
            or target.entity_id = any(%(entities)s::uuid[])
        )
),
holding as (
    select distinct on (source_id, type, target_id) said.*
    from said
    where not ended and (ended_at is null or at > ended_at)
    order by source_id, type, target_id, at, utterance
)
select
    h.source_id,
    s.name as source,
    h.type,
    h.target_id,
    t.name as target,
    h.at as since,
    h.meeting_id,
    h.version_id,
    h.title,
    h.date,
    h.utterance,
    u.start_seconds as start,
    h.speaker,
    h.quote
from holding h
join entities s on s.workspace_id = %(workspace_id)s and s.id = h.source_id
join entities t on t.workspace_id = %(workspace_id)s and t.id = h.target_id
join utterances u
    on u.workspace_id = %(workspace_id)s
    and u.version_id = h.version_id
    and u.ordinal = h.utterance
order by lower(s.name), h.type, lower(t.name)

-- name: observations_known
-- The observations of these entities as they were known then, for a history that is folded again.
select
    o.id,
    l.entity_id,
    o.field,
    o.key,
    o.op,
    o.value,
    o.normalised,
    value_link.entity_id as value_entity_id,
    person.name as value_name,
    o.stance,
    coalesce(corrected.meeting_id, v.meeting_id) as meeting_id,
    coalesce(corrected.date, v.date) as meeting_date,
    coalesce(corrected.date, o.at) as at,
    o.utterance,
    o.sequence,
    o.speaker,
    o.quote,
    o.made_by = 'human' as by_human,
    case when v.kind = 'correction' then
        case when o.in_meeting is not null then 'meeting' when v.date_has_time then 'moment' else 'day' end
    end as corrects,
    coalesce(d.number, 0) as decision,
    e.name as entity,
    e.type,
    v.id as version_id,
    v.title,
    u.start_seconds as start
from observations o
join links l
    on l.workspace_id = o.workspace_id
    and l.mention_id = o.mention_id
    and l.recorded_at <= %(known)s::timestamptz
    and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
join entities e on e.workspace_id = l.workspace_id and e.id = l.entity_id
join meeting_versions v
    on v.workspace_id = o.workspace_id
    and v.id = o.version_id
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
join utterances u
    on u.workspace_id = o.workspace_id
    and u.version_id = o.version_id
    and u.ordinal = o.utterance
left join meeting_versions corrected
    on corrected.workspace_id = o.workspace_id
    and corrected.meeting_id = o.in_meeting
    and corrected.recorded_at <= %(known)s::timestamptz
    and (corrected.retracted_at is null or corrected.retracted_at > %(known)s::timestamptz)
left join decisions d
    on d.workspace_id = v.workspace_id
    and d.version_id = v.id
    and v.kind = 'correction'
left join links value_link
    on value_link.workspace_id = o.workspace_id
    and value_link.mention_id = o.value_mention_id
    and value_link.recorded_at <= %(known)s::timestamptz
    and (value_link.retracted_at is null or value_link.retracted_at > %(known)s::timestamptz)
left join entities person
    on person.workspace_id = value_link.workspace_id
    and person.id = value_link.entity_id
where o.workspace_id = %(workspace_id)s
    and o.recorded_at <= %(known)s::timestamptz
    and (o.retracted_at is null or o.retracted_at > %(known)s::timestamptz)
    and (%(entities)s::uuid[] is null or l.entity_id = any(%(entities)s::uuid[]))
order by meeting_date, by_human desc, meeting_id, o.utterance, o.sequence

-- name: verdicts_known
-- The verdicts under a profile as they stood then.
select d.pair_id, d.differs, d.reason, d.decided_by
from verdicts d
where d.workspace_id = %(workspace_id)s
    and d.profile_version = %(profile_version)s
    and d.recorded_at <= %(known)s::timestamptz
    and (d.retracted_at is null or d.retracted_at > %(known)s::timestamptz)

-- name: spoken
-- The words of these utterance ranges, with the memory that covers each, a passage before a statement.
select
    p.place,
    string_agg(u.text, ' ' order by u.ordinal) as text,
    (
        select m.id
        from memories m
        where m.workspace_id = %(workspace_id)s
            and m.version_id = p.version_id
            and m.first_utterance <= p.first
            and m.last_utterance >= p.last
            and m.recorded_at <= %(known)s::timestamptz
            and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
        order by m.kind = 'discussion' desc, strpos(lower(m.content), lower(p.quote)) > 0 desc, m.id
        limit 1
    ) as memory_id
from unnest(
    %(places)s::int[], %(versions)s::uuid[], %(firsts)s::int[], %(lasts)s::int[], %(quotes)s::text[]
) as p (place, version_id, first, last, quote)
join utterances u
    on u.workspace_id = %(workspace_id)s
    and u.version_id = p.version_id
    and u.ordinal between p.first and p.last
group by p.place, p.version_id, p.first, p.last, p.quote
