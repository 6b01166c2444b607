-- name: meetings
-- Current meetings, oldest first.
select
    v.meeting_id as id,
    m.key,
    v.title,
    v.date,
    v.series,
    v.format,
    v.participants,
    (
        select count(*)
        from utterances u
        where u.workspace_id = v.workspace_id and u.version_id = v.id
    ) as utterances,
    v.words,
    (
        select count(*)
        from memories y
        where y.workspace_id = v.workspace_id and y.version_id = v.id
    ) as memories,
    s.summary,
    coalesce(s.topics, '{}') as topics,
    coalesce(v.result ->> 'status', 'ingested') as status
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
left join summaries s on s.workspace_id = v.workspace_id and s.version_id = v.id
where v.workspace_id = %(workspace_id)s
    and v.kind = 'meeting'
    and v.date <= %(as_of)s::timestamptz
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
order by v.date, v.meeting_id

-- name: meeting_names
-- The names that a question can call a meeting by, newest first.
select v.meeting_id as id, m.key, v.title, v.date
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
where v.workspace_id = %(workspace_id)s
    and v.kind = 'meeting'
    and v.date <= %(as_of)s::timestamptz
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
order by v.date desc, v.meeting_id desc
limit 5000

-- name: entities
-- Current entities that a meeting, or what was written by hand, has named by then, in alphabetical order.
with named as (
    select
        l.entity_id,
        coalesce(min(v.date) filter (where v.kind = 'meeting'), min(v.date)) as first_seen,
        coalesce(
            max(v.date) filter (where v.kind = 'meeting'),
            max(v.date) filter (where v.format <> 'glossary'),
            max(v.date)
        ) as last_seen,
        coalesce(sum(cardinality(n.utterances)) filter (where v.kind = 'meeting'), 0) as mentions
    from links l
    join mentions n on n.workspace_id = l.workspace_id and n.id = l.mention_id
    join meeting_versions v on v.workspace_id = n.workspace_id and v.id = n.version_id
    where l.workspace_id = %(workspace_id)s
        and l.recorded_at <= %(known)s::timestamptz
        and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and (%(ids)s::uuid[] is null or l.entity_id = any(%(ids)s::uuid[]))
    group by l.entity_id
)
select
    e.id,
    e.name,
    e.type,
    array(
        select distinct a.name
        from aliases a
        where a.workspace_id = e.workspace_id
            and a.entity_id = e.id
            and a.name <> e.name
            and a.recorded_at <= %(known)s::timestamptz
            and (a.retracted_at is null or a.retracted_at > %(known)s::timestamptz)
        order by a.name
    ) as aliases,
    named.first_seen,
    named.last_seen,
    named.mentions
from named
join entities e on e.workspace_id = %(workspace_id)s and e.id = named.entity_id
where e.recorded_at <= %(known)s::timestamptz
    and (e.retracted_at is null or e.retracted_at > %(known)s::timestamptz)
    and (%(type)s::text is null or e.type = %(type)s)
    and (%(name)s::text is null or strpos(lower(e.name), lower(%(name)s)) > 0)
order by lower(e.name), e.id

-- name: entities_named
-- Entities that bear one of these normalised names exactly. What is known now has not been retracted, which
-- the index aliases_by_name can only be used for where that is all that is asked.
select distinct a.normalised as given, e.id, e.name, e.type
from aliases a
join entities e on e.workspace_id = a.workspace_id and e.id = a.entity_id
where a.workspace_id = %(workspace_id)s
    and a.normalised = any(%(names)s::text[])
    and a.recorded_at <= %(known)s::timestamptz
    and (
        a.retracted_at is null
        or %(known)s::timestamptz < 'infinity' and a.retracted_at > %(known)s::timestamptz
    )
    and e.recorded_at <= %(known)s::timestamptz
    and (e.retracted_at is null or e.retracted_at > %(known)s::timestamptz)
order by a.normalised, e.name, e.id

-- name: people_called
-- Persons whose first name is one of these (index aliases_by_first_word, as above).
select distinct split_part(a.normalised, ' ', 1) as given, e.id, e.name, e.type
from entities e
join aliases a on a.workspace_id = e.workspace_id and a.entity_id = e.id
where e.workspace_id = %(workspace_id)s
    and e.type = 'person'
    and a.normalised like '%% %%'
    and split_part(a.normalised, ' ', 1) = any(%(names)s::text[])
    and a.recorded_at <= %(known)s::timestamptz
    and (
        a.retracted_at is null
        or %(known)s::timestamptz < 'infinity' and a.retracted_at > %(known)s::timestamptz
    )
    and e.recorded_at <= %(known)s::timestamptz
    and (e.retracted_at is null or e.retracted_at > %(known)s::timestamptz)
order by given, e.name, e.id

-- name: entities_like
-- Entities whose name resembles one of these, or holds something like it as its own words, best first
-- (index aliases_by_trigram).
select
    g.given,
    e.id,
    e.name,
    e.type,
    max(greatest(similarity(a.normalised, g.given), 0.9 * word_similarity(g.given, a.normalised))) as score
from unnest(%(names)s::text[]) as g (given)
join aliases a
    on a.workspace_id = %(workspace_id)s
    and (a.normalised %% g.given or g.given <%% a.normalised)
    and a.recorded_at <= %(known)s::timestamptz
    and (a.retracted_at is null or a.retracted_at > %(known)s::timestamptz)
join entities e
    on e.workspace_id = a.workspace_id
    and e.id = a.entity_id
    and e.recorded_at <= %(known)s::timestamptz
    and (e.retracted_at is null or e.retracted_at > %(known)s::timestamptz)
group by g.given, e.id, e.name, e.type
order by g.given, score desc, e.name, e.id
limit 20

-- name: statements
-- Statements drawn from the meetings, such as decisions and action items, oldest first; of more than `latest`
-- only those.
with found as materialized (
    select
        m.id as memory_id,
        v.meeting_id,
        v.id as version_id,
        v.title,
        v.date,
        m.kind,
        m.content,
        m.quote,
        m.speaker,
        m.first_utterance,
        m.last_utterance,
        m.owner,
        m.due,
        m.due_date,
        m.rationale,
        m.supersedes
    from memories m
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    where m.workspace_id = %(workspace_id)s
        and m.kind <> 'discussion'
        and m.kind = any(%(kinds)s::text[])
        and m.recorded_at <= %(known)s::timestamptz
        and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.date >= %(start)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
        and (%(owners)s::text[] is null or lower(m.owner) = any(%(owners)s::text[]))
        and (
            %(entities)s::uuid[] is null
            or exists (
                select 1
                from memory_mentions x
                join links l
                    on l.workspace_id = x.workspace_id
                    and l.mention_id = x.mention_id
                    and l.recorded_at <= %(known)s::timestamptz
                    and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
                where x.workspace_id = m.workspace_id
                    and x.memory_id = m.id
                    and l.entity_id = any(%(entities)s::uuid[])
            )
        )
    order by v.date desc, m.first_utterance desc, m.id desc
    limit %(latest)s
)
select found.*, u.start_seconds as start
from found
join utterances u
    on u.workspace_id = %(workspace_id)s
    and u.version_id = found.version_id
    and u.ordinal = found.first_utterance
order by found.date, found.first_utterance, found.memory_id

-- name: counts
-- How many meetings, entities by type, and memories by kind.
select 'meeting' as counted, '' as label, count(*) as number
from meeting_versions v
where v.workspace_id = %(workspace_id)s
    and v.kind = 'meeting'
    and v.date between %(start)s::timestamptz and %(as_of)s::timestamptz
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
union all
select 'entity', e.type, count(distinct e.id)
from entities e
join links l
    on l.workspace_id = e.workspace_id
    and l.entity_id = e.id
    and l.recorded_at <= %(known)s::timestamptz
    and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
join mentions n on n.workspace_id = l.workspace_id and n.id = l.mention_id
join meeting_versions v on v.workspace_id = n.workspace_id and v.id = n.version_id
where e.workspace_id = %(workspace_id)s
    and e.recorded_at <= %(known)s::timestamptz
    and (e.retracted_at is null or e.retracted_at > %(known)s::timestamptz)
    and v.date between %(start)s::timestamptz and %(as_of)s::timestamptz
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
group by e.type
union all
select 'memory', m.kind, count(*)
from memories m
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
where m.workspace_id = %(workspace_id)s
    and m.recorded_at <= %(known)s::timestamptz
    and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
    and v.date between %(start)s::timestamptz and %(as_of)s::timestamptz
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
group by m.kind
order by counted, number desc, label
