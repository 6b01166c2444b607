-- name: transitions
-- First sights and changes in (after, as_of], in the order of the history; of more than `latest` those, and what
-- is of the same time as the first of them. A person's value is shown by the person's name, whatever the meeting called them. Every look-up is by a key,
-- fenced by its offset: estimates for what one workspace holds would lead to reading all of it for each row.
with found as materialized (
    select *
    from transitions t
    where t.workspace_id = %(workspace_id)s
        and (%(entities)s::uuid[] is null or t.entity_id = any(%(entities)s::uuid[]))
        and (%(fields)s::text[] is null or t.field = any(%(fields)s::text[]))
        and t.at <= %(as_of)s::timestamptz
        and t.at > %(after)s::timestamptz
        and (%(meetings)s::uuid[] is null or t.meeting_id = any(%(meetings)s::uuid[]))
        and (not %(changes_only)s or not t.first_sight)
    order by t.at desc
    fetch first (coalesce(%(latest)s, 2147483647)) rows with ties
),
named as materialized (
    select t.*, p.name as person, lag(p.name) over series as person_before, row_number() over series as place
    from found t
    left join lateral (
        select p.name
        from entities p
        where p.workspace_id = %(workspace_id)s
            and p.type = 'person'
            and p.id = case
                when pg_input_is_valid(t.normalised #>> '{}', 'uuid') then (t.normalised #>> '{}')::uuid
            end
        offset 0
    ) p on true
    window series as (
        partition by t.entity_id, t.field, t.key
        order by t.at, t.decided_by <> 'human', t.meeting_id
    )
)
select
    t.entity_id,
    e.name as entity,
    e.type,
    t.field,
    t.key,
    -- the person that was the value is in the transition before, which may not be among those asked for
    case
        when t.before is null then null
        when t.after is not null and t.person is null then t.before
        when t.place > 1 and %(meetings)s::uuid[] is null then coalesce(t.person_before, t.before)
        else coalesce(
            (
                select person.name
                from transitions earlier
                left join entities person
                    on person.workspace_id = %(workspace_id)s
                    and person.type = 'person'
                    and person.id = case
                        when pg_input_is_valid(earlier.normalised #>> '{}', 'uuid')
                            then (earlier.normalised #>> '{}')::uuid
                    end
                where earlier.workspace_id = %(workspace_id)s
                    and earlier.entity_id = t.entity_id
                    and earlier.field = t.field
                    and earlier.key = t.key
                    and earlier.at <= t.at
                    and (earlier.at, earlier.decided_by <> 'human', earlier.meeting_id)
                        < (t.at, t.decided_by <> 'human', t.meeting_id)
                order by earlier.at desc, earlier.decided_by = 'human', earlier.meeting_id desc
                limit 1
            ),
            t.before
        )
    end as before,
    coalesce(t.person, t.after) as after,
    t.normalised #>> '{}' as normalised,
    t.reason,
    t.at,
    t.meeting_id,
    w.version_id,
    w.title,
    w.date,
    w.utterance,
    w.start,
    w.speaker,
    w.quote,
    t.decided_by,
    t.first_sight
from named t
cross join lateral (
    select e.name, e.type
    from entities e
    where e.workspace_id = %(workspace_id)s and e.id = t.entity_id
    offset 0
) e
cross join lateral (
    select
        v.id as version_id,
        v.title,
        v.date,
        o.utterance,
        o.sequence,
        u.start_seconds as start,
        o.speaker,
        o.quote
    from observations o
    join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
    join utterances u
        on u.workspace_id = o.workspace_id
        and u.version_id = o.version_id
        and u.ordinal = o.utterance
    where o.workspace_id = %(workspace_id)s and o.id = t.observation_id
    offset 0
) w
order by t.at, t.decided_by <> 'human', t.meeting_id, w.utterance, w.sequence, t.field, t.key

-- name: states
-- The state as of a time: of each entity, field and key the latest transition that left a value. Of what did
-- not move after that time it is the current state, by what brought it about, however long the history (unique
-- index of transitions); of what did, it is found in the history (index transitions_by_entity). Look-ups are
-- fenced as above.
with moved as materialized (
    select distinct t.entity_id
    from transitions t
    where t.workspace_id = %(workspace_id)s
        and t.at > %(as_of)s::timestamptz
        and (%(entities)s::uuid[] is null or t.entity_id = any(%(entities)s::uuid[]))
),
latest as materialized (
    select t.*
    from states s
    cross join lateral (
        select *
        from transitions t
        where t.workspace_id = %(workspace_id)s
            and t.entity_id = s.entity_id
            and t.field = s.field
            and t.key = s.key
            and t.meeting_id = s.meeting_id
        offset 0
    ) t
    where s.workspace_id = %(workspace_id)s
        and (%(entities)s::uuid[] is null or s.entity_id = any(%(entities)s::uuid[]))
        and (%(fields)s::text[] is null or s.field = any(%(fields)s::text[]))
        and s.entity_id not in (select entity_id from moved)
    union all
    (
        select distinct on (t.entity_id, t.field, t.key) t.*
        from transitions t
        where t.workspace_id = %(workspace_id)s
            and (%(entities)s::uuid[] is null or t.entity_id = any(%(entities)s::uuid[]))
            and (%(fields)s::text[] is null or t.field = any(%(fields)s::text[]))
            and t.at <= %(as_of)s::timestamptz
            and t.entity_id in (select entity_id from moved)
        order by t.entity_id, t.field, t.key, t.at desc, t.decided_by = 'human', t.meeting_id desc
    )
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
    w.version_id,
    w.title,
    w.date,
    w.utterance,
    w.start,
    w.speaker,
    w.quote,
    t.decided_by,
    t.first_sight
from latest t
cross join lateral (
    select e.name, e.type
    from entities e
    where e.workspace_id = %(workspace_id)s and e.id = t.entity_id
    offset 0
) e
cross join lateral (
    select
        v.id as version_id,
        v.title,
        v.date,
        o.utterance,
        u.start_seconds as start,
        o.speaker,
        o.quote
    from observations o
    join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
    join utterances u
        on u.workspace_id = o.workspace_id
        and u.version_id = o.version_id
        and u.ordinal = o.utterance
    where o.workspace_id = %(workspace_id)s and o.id = t.observation_id
    offset 0
) w
left join lateral (
    select p.name
    from entities p
    where p.workspace_id = %(workspace_id)s
        and p.type = 'person'
        and p.id = case
            when pg_input_is_valid(t.normalised #>> '{}', 'uuid') then (t.normalised #>> '{}')::uuid
        end
    offset 0
) p on true
where t.after is not null
    and (%(values)s::text[] is null or t.normalised #>> '{}' = any(%(values)s::text[]))
order by lower(e.name), t.entity_id, t.field, t.at, t.key

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
