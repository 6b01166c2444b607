-- name: about
-- The turns that speak of something: those that mention one of the entities (indexes links_by_entity,
-- memory_mentions_by_mention), and those that hold all words of one of the topics (index memories_lexical;
-- the turn itself must hold them, not the words around it). Of all that match, the counts; of each speaker,
-- of each meeting, and of the whole, the first, the last and the most telling turns.
with matched as (
    select x.memory_id as id
    from links l
    join memory_mentions x on x.workspace_id = l.workspace_id and x.mention_id = l.mention_id
    where l.workspace_id = %(workspace_id)s
        and l.entity_id = any(%(entities)s::uuid[])
        and l.recorded_at <= %(known)s::timestamptz
        and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
    union
    select m.id
    from unnest(%(topics)s::text[]) as t (topic)
    join memories m
        on m.workspace_id = %(workspace_id)s
        and m.lexical @@ plainto_tsquery('english', t.topic)
        and to_tsvector('english', m.content) @@ plainto_tsquery('english', t.topic)
),
turns as (
    select distinct on (v.id, m.first_utterance)
        m.id as memory_id,
        v.meeting_id,
        v.id as version_id,
        v.title,
        v.date,
        m.speaker,
        m.kind,
        m.first_utterance,
        m.last_utterance,
        u.start_seconds as start,
        m.content,
        m.quote,
        m.embedding <=> %(vector)s as distance,
        -- a turn of a few words names the thing and says nothing about it
        length(m.content) < 40 as is_short
    from matched
    join memories m on m.workspace_id = %(workspace_id)s and m.id = matched.id
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    join utterances u
        on u.workspace_id = m.workspace_id
        and u.version_id = m.version_id
        and u.ordinal = m.first_utterance
    where m.kind = 'discussion'
        and m.recorded_at <= %(known)s::timestamptz
        and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date between %(start)s::timestamptz and %(as_of)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
        and (%(asking)s::text is null or m.content ~* %(asking)s)
        and (
            %(people)s::uuid[] is null
            or lower(m.speaker) in (
                select lower(a.name)
                from aliases a
                where a.workspace_id = m.workspace_id and a.entity_id = any(%(people)s::uuid[])
            )
        )
    order by v.id, m.first_utterance, is_short, distance
),
ranked as (
    select
        *,
        count(*) over () as turns,
        count(*) over (partition by speaker) as of_speaker,
        count(*) over (partition by version_id) as in_meeting,
        row_number() over (partition by speaker order by is_short, distance, memory_id) as place_of_speaker,
        row_number() over (partition by version_id order by is_short, distance, memory_id) as place_in_meeting,
        row_number() over (order by date, version_id, first_utterance) as from_first,
        row_number() over (order by date desc, version_id desc, first_utterance desc) as from_last
    from turns
)
select *
from ranked
where place_of_speaker = 1 or place_in_meeting <= 3 or from_first = 1 or from_last = 1
order by date, version_id, first_utterance

-- name: attendance
-- Who took part in some meetings: the speakers by how often they spoke, each with the first turn of some
-- length, then the participants who said nothing.
with versions as (
    select v.*
    from meeting_versions v
    where v.workspace_id = %(workspace_id)s
        and v.meeting_id = any(%(meetings)s::uuid[])
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
),
spoke as (
    select distinct on (u.version_id, u.speaker)
        u.version_id,
        u.speaker,
        count(*) over (partition by u.version_id, u.speaker) as turns,
        u.ordinal,
        u.start_seconds,
        u.text
    from versions v
    join utterances u on u.workspace_id = v.workspace_id and u.version_id = v.id
    where u.speaker is not null
    order by u.version_id, u.speaker, length(u.text) < 20, u.ordinal
),
present as (
    select v.id as version_id, p.name
    from versions v
    cross join lateral unnest(v.participants) as p (name)
    union
    select version_id, speaker
    from spoke
)
select
    v.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    p.name,
    coalesce(s.turns, 0) as turns,
    s.ordinal,
    s.start_seconds as start,
    s.text
from present p
join versions v on v.id = p.version_id
left join spoke s on s.version_id = p.version_id and s.speaker = p.name
order by v.date, v.id, turns desc, p.name

-- name: themes
-- What some meetings spoke of: the things mentioned in most turns, each with one of them, the longest of a
-- length that can be quoted.
with named as (
    select distinct l.entity_id, u.version_id, u.ordinal, u.speaker, u.start_seconds, u.text
    from mentions n
    join meeting_versions v
        on v.workspace_id = n.workspace_id
        and v.id = n.version_id
        and v.meeting_id = any(%(meetings)s::uuid[])
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
    join links l
        on l.workspace_id = n.workspace_id
        and l.mention_id = n.id
        and l.recorded_at <= %(known)s::timestamptz
        and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
    join utterances u
        on u.workspace_id = n.workspace_id
        and u.version_id = n.version_id
        and u.ordinal = any(n.utterances)
    where n.workspace_id = %(workspace_id)s
),
counted as (
    select distinct on (n.entity_id)
        n.*,
        e.name as entity,
        e.type,
        count(*) over (partition by n.entity_id) as turns
    from named n
    join entities e on e.workspace_id = %(workspace_id)s and e.id = n.entity_id
    where e.type <> 'person'
    order by
        n.entity_id,
        strpos(lower(n.text), lower(e.name)) = 0,
        length(n.text) > 300,
        length(n.text) desc,
        n.ordinal
)
select
    c.entity_id,
    c.entity,
    c.type,
    c.turns,
    v.meeting_id,
    c.version_id,
    v.title,
    v.date,
    c.ordinal,
    c.speaker,
    c.start_seconds as start,
    c.text
from counted c
join meeting_versions v on v.workspace_id = %(workspace_id)s and v.id = c.version_id
order by c.turns desc, lower(c.entity), c.entity_id
limit %(limit)s

-- name: turns
-- All that was said in some meetings, in its order (primary key of utterances).
select
    v.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    u.ordinal,
    u.speaker,
    u.start_seconds as start,
    u.text
from meeting_versions v
join utterances u on u.workspace_id = v.workspace_id and u.version_id = v.id
where v.workspace_id = %(workspace_id)s
    and v.meeting_id = any(%(meetings)s::uuid[])
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
order by v.date, v.id, u.ordinal

-- name: introductions
-- Turns in which one of these people may say who they are, oldest first.
select
    v.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    u.ordinal,
    u.speaker,
    u.start_seconds as start,
    u.text
from meeting_versions v
join utterances u on u.workspace_id = v.workspace_id and u.version_id = v.id
where v.workspace_id = %(workspace_id)s
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
    and v.date <= %(as_of)s::timestamptz
    and lower(u.speaker) in (
        select lower(a.name)
        from aliases a
        where a.workspace_id = v.workspace_id and a.entity_id = any(%(people)s::uuid[])
    )
    and u.text ~* '\m(i[''’]?m|i am|my name|here)\M'
order by v.date, v.id, u.ordinal
limit 200

-- name: frequencies
-- In how many memories each word occurs, in any form, counted up to a limit (index memories_lexical).
select
    w.word,
    (
        select count(*)
        from (
            select 1
            from memories m
            where m.workspace_id = %(workspace_id)s
                and m.lexical @@ plainto_tsquery('english', w.word)
            limit %(counted)s
        ) found
    ) as memories
from unnest(%(words)s::text[]) as w (word)
