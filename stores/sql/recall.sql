-- name: terms
-- The lexemes of a question, and how many memories hold each; beside them how many memories the workspace has
-- now, and the distinct words of an average one. Without a lexeme one row says only that.
select
    t.lexeme,
    coalesce(c.memories, 0) as held_by,
    coalesce(n.memories, 0) as memories,
    coalesce(n.lexemes::float8 / nullif(n.memories, 0), 1) as average_length
from (select) one
left join memory_counts n on n.workspace_id = %(workspace_id)s
left join unnest(to_tsvector('english', %(question)s)) t on true
left join lexeme_counts c on c.workspace_id = %(workspace_id)s and c.lexeme = t.lexeme
order by 2, 1
limit 32

-- name: by_words
-- The memories that hold the rare words, best score first (index memories_lexical).
-- ts_rank of a single word is its count, saturated, a use in the context counting for less: weighted by
-- rarity and set against the length of the memory, the sum over the words is a BM25F (Robertson and
-- Zaragoza 2009) in all but notation.
with asked as materialized (
    select lexeme, weight, lexeme_query
    from unnest(%(lexemes)s::text[], %(weights)s::float8[]) as a (lexeme, weight)
    cross join lateral (
        select ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery as lexeme_query
    ) q
),
found as materialized (
    -- joined with nothing it is read from its toast once, not once for each word
    select m.id, m.lexical || ''::tsvector as lexical
    from memories m
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    where m.workspace_id = %(workspace_id)s
        and m.lexical @@ (
            select string_agg(lexeme_query::text, %(operator)s)::tsquery
            from asked
            where lexeme = any(%(rare)s::text[])
        )
        and m.recorded_at <= %(known)s::timestamptz
        and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.date >= %(start)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
        and (%(kinds)s::text[] is null or m.kind = any(%(kinds)s::text[]))
    limit %(most)s
)
select found.id
from found
cross join asked
group by found.id
order by
    sum(
        asked.weight
        * ts_rank(%(counting)s::float4[], found.lexical, asked.lexeme_query)
        / (0.5 + 0.5 * length(found.lexical) / %(average_length)s)
    ) desc,
    found.id
limit %(limit)s

-- name: by_vector_exact
-- The nearest memories of a small workspace: all distances, so no filter can lose a row.
with distances as materialized (
    select m.id, m.embedding <=> %(vector)s as distance
    from memories m
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    where m.workspace_id = %(workspace_id)s
        and m.recorded_at <= %(known)s::timestamptz
        and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.date >= %(start)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
        and (%(kinds)s::text[] is null or m.kind = any(%(kinds)s::text[]))
)
select id
from distances
order by distance, id
limit %(limit)s

-- name: by_vector_near
-- The nearest memories of a workspace that is not large: the signs of all its vectors are compared (index
-- memories_signs alone), then the vectors of those that differ in the fewest. The fence keeps the planner,
-- whose estimates for a version of a workspace are low, from reading the wide rows of every version.
with near as materialized (
    select m.id
    from (
        select id, version_id, signs
        from memories
        where workspace_id = %(workspace_id)s
            and recorded_at <= %(known)s::timestamptz
            and (retracted_at is null or retracted_at > %(known)s::timestamptz)
            and (%(kinds)s::text[] is null or kind = any(%(kinds)s::text[]))
        offset 0
    ) m
    join meeting_versions v on v.workspace_id = %(workspace_id)s and v.id = m.version_id
    where v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.date >= %(start)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
    order by m.signs <~> binary_quantize(%(vector)s), m.id
    limit 4 * %(limit)s
)
select m.id
from near
join memories m on m.workspace_id = %(workspace_id)s and m.id = near.id
order by m.embedding <=> %(vector)s, m.id
limit %(limit)s

-- name: scan_further
-- The next vector query of this transaction goes on through the index until enough rows pass its filters.
select
    set_config('hnsw.iterative_scan', 'relaxed_order', true),
    set_config('hnsw.ef_search', '100', true),
    set_config('hnsw.max_scan_tuples', '200000', true)

-- name: by_vector
-- The nearest memories of a large workspace (index memories_vector).
select m.id
from memories m
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
where m.workspace_id = %(workspace_id)s
    and m.recorded_at <= %(known)s::timestamptz
    and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
    and v.recorded_at <= %(known)s::timestamptz
    and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
    and v.date <= %(as_of)s::timestamptz
    and v.date >= %(start)s::timestamptz
    and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
    and (%(kinds)s::text[] is null or m.kind = any(%(kinds)s::text[]))
order by m.embedding <=> %(vector)s
limit %(limit)s

-- name: by_entity
-- Memories that mention one of these entities, latest first (indexes links_by_entity,
-- memory_mentions_by_mention); of a thing that is mentioned everywhere only the latest mentions are followed.
with latest as materialized (
    select x.id, v.date
    from links l
    join mentions x on x.workspace_id = l.workspace_id and x.id = l.mention_id
    join meeting_versions v on v.workspace_id = x.workspace_id and v.id = x.version_id
    where l.workspace_id = %(workspace_id)s
        and l.entity_id = any(%(entities)s::uuid[])
        and l.recorded_at <= %(known)s::timestamptz
        and (l.retracted_at is null or l.retracted_at > %(known)s::timestamptz)
        and v.recorded_at <= %(known)s::timestamptz
        and (v.retracted_at is null or v.retracted_at > %(known)s::timestamptz)
        and v.date <= %(as_of)s::timestamptz
        and v.date >= %(start)s::timestamptz
        and (%(meetings)s::uuid[] is null or v.meeting_id = any(%(meetings)s::uuid[]))
    order by v.date desc, x.id
    limit %(limit)s
)
select m.id
from latest
join memory_mentions x on x.workspace_id = %(workspace_id)s and x.mention_id = latest.id
join memories m on m.workspace_id = %(workspace_id)s and m.id = x.memory_id
where m.recorded_at <= %(known)s::timestamptz
    and (m.retracted_at is null or m.retracted_at > %(known)s::timestamptz)
    and (%(kinds)s::text[] is null or m.kind = any(%(kinds)s::text[]))
group by m.id, latest.date, m.first_utterance
order by latest.date desc, m.first_utterance, m.id
limit %(limit)s

-- name: scored
-- Candidates with everything that ranks and shows them. They are read first, by primary key: estimates for
-- what one workspace and version hold would lead to reading whole meetings instead.
with asked as materialized (
    select lexeme, weight, lexeme_query
    from unnest(%(lexemes)s::text[], %(weights)s::float8[]) as a (lexeme, weight)
    cross join lateral (
        select ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery as lexeme_query
    ) q
),
found as materialized (
    -- joined with nothing, the words are read from their toast once, not once for each word
    select
        m.workspace_id,
        m.id,
        m.version_id,
        m.speaker,
        m.kind,
        m.first_utterance,
        m.last_utterance,
        m.content,
        m.quote,
        1 - (m.embedding <=> %(vector)s) as similarity,
        m.lexical || ''::tsvector as lexical
    from unnest(%(ids)s::uuid[]) as c (id)
    join memories m on m.workspace_id = %(workspace_id)s and m.id = c.id
)
select
    m.id as memory_id,
    v.meeting_id,
    v.id as version_id,
    v.title,
    v.date,
    m.speaker,
    m.kind,
    m.first_utterance,
    m.last_utterance,
    (
        select u.start_seconds
        from utterances u
        where u.workspace_id = m.workspace_id
            and u.version_id = m.version_id
            and u.ordinal = m.first_utterance
    ) as start,
    m.content,
    m.quote,
    m.similarity,
    w.words,
    w.matched,
    exists (
        select 1
        from memory_mentions x
        join links l
            on l.workspace_id = x.workspace_id
            and l.mention_id = x.mention_id
            and l.retracted_at is null
        where x.workspace_id = m.workspace_id
            and x.memory_id = m.id
            and l.entity_id = any(%(entities)s::uuid[])
    ) as names_entity
from found m
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
cross join lateral (
    select
        coalesce(
            sum(
                asked.weight
                * ts_rank(%(counting)s::float4[], m.lexical, asked.lexeme_query)
                / (0.5 + 0.5 * length(m.lexical) / %(average_length)s)
            ),
            0
        ) as words,
        coalesce(array_agg(asked.lexeme) filter (where m.lexical @@ asked.lexeme_query), '{}') as matched
    from asked
) w

-- name: talk_around
-- How well the talk around each memory answers: of itself with the two passages before and after it, the
-- cosine of the mean vector and the mean score by words, as in "scored" (index memories_by_place).
with asked as materialized (
    select lexeme, weight, lexeme_query
    from unnest(%(lexemes)s::text[], %(weights)s::float8[]) as a (lexeme, weight)
    cross join lateral (
        select ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery as lexeme_query
    ) q
),
talk as materialized (
    -- joined with nothing, the words are read from their toast once, not once for each word
    select m.id, n.embedding, n.lexical || ''::tsvector as lexical
    from unnest(%(ids)s::uuid[]) as c (id)
    join memories m on m.workspace_id = %(workspace_id)s and m.id = c.id
    cross join lateral (
        select m.embedding, m.lexical
        union all
        (
            select b.embedding, b.lexical
            from memories b
            where b.workspace_id = m.workspace_id
                and b.version_id = m.version_id
                and b.first_utterance < m.first_utterance
                and b.kind = 'discussion'
                and b.recorded_at <= %(known)s::timestamptz
                and (b.retracted_at is null or b.retracted_at > %(known)s::timestamptz)
            order by b.first_utterance desc, b.id
            limit 2
        )
        union all
        (
            select a.embedding, a.lexical
            from memories a
            where a.workspace_id = m.workspace_id
                and a.version_id = m.version_id
                and a.first_utterance > m.first_utterance
                and a.kind = 'discussion'
                and a.recorded_at <= %(known)s::timestamptz
                and (a.retracted_at is null or a.retracted_at > %(known)s::timestamptz)
            order by a.first_utterance, a.id
            limit 2
        )
    ) n
)
select t.id, 1 - (avg(t.embedding) <=> %(vector)s) as similarity, avg(w.words) as words
from talk t
cross join lateral (
    select
        coalesce(
            sum(
                asked.weight
                * ts_rank(%(counting)s::float4[], t.lexical, asked.lexeme_query)
                / (0.5 + 0.5 * length(t.lexical) / %(average_length)s)
            ),
            0
        ) as words
    from asked
) w
group by t.id

-- name: around
-- The utterances of a meeting version around some places, in order.
select distinct u.version_id, u.ordinal, u.speaker, u.start_seconds as start, u.text
from unnest(%(versions)s::uuid[], %(firsts)s::int[], %(lasts)s::int[]) as p (version_id, first, last)
join utterances u
    on u.workspace_id = %(workspace_id)s
    and u.version_id = p.version_id
    and u.ordinal between p.first - %(before)s and p.last + %(after)s
order by u.version_id, u.ordinal

-- name: entities_of
-- The entities that these memories mention, most mentioned first (index memory_mentions primary key).
select e.id, e.name, e.type, count(*) as memories
from memory_mentions x
join links l
    on l.workspace_id = x.workspace_id
    and l.mention_id = x.mention_id
    and l.retracted_at is null
join entities e
    on e.workspace_id = l.workspace_id
    and e.id = l.entity_id
    and e.retracted_at is null
where x.workspace_id = %(workspace_id)s
    and x.memory_id = any(%(memories)s::uuid[])
group by e.id, e.name, e.type
order by memories desc, lower(e.name), e.id
limit %(limit)s
