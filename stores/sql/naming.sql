-- name: entities_named
-- Current entities that bear one of these names, each once, with a form of the name: from one entity to the
-- next, however many meetings use the name (index aliases_by_name).
with recursive used as materialized (
    select n.name from unnest(%(names)s::text[]) as n (name)
    where exists (
        select from aliases a
        where a.workspace_id = %(workspace_id)s and a.normalised = n.name and a.retracted_at is null
    )
)
select used.name as normalised, found.called, e.id, e.type, e.name
from used
cross join lateral (
    with recursive bearer as (
        (select a.entity_id, a.name as called from aliases a
        where a.workspace_id = %(workspace_id)s and a.normalised = used.name and a.retracted_at is null
            and a.version_id <> all(%(without)s::uuid[])
        order by a.entity_id
        limit 1)
        union all
        select further.* from bearer
        cross join lateral (
            select a.entity_id, a.name from aliases a
            where a.workspace_id = %(workspace_id)s and a.normalised = used.name and a.retracted_at is null
                and a.entity_id > bearer.entity_id and a.version_id <> all(%(without)s::uuid[])
            order by a.entity_id
            limit 1
        ) further
    )
    select * from bearer
) found
cross join lateral (
    select * from entities where workspace_id = %(workspace_id)s and id = found.entity_id offset 0
) e
where e.retracted_at is null
order by used.name, e.id

-- name: names_said_of
-- What meetings say that these names are, and what is said to be them, where anybody explains one by another;
-- a number also with the codes that have it (indexes aliases_explained, aliases_explaining,
-- aliases_by_digits).
select n.name, o.other
from unnest(%(names)s::text[]) as n (name)
cross join lateral (
    select a.bearer as other from aliases a
    where a.workspace_id = %(workspace_id)s and a.normalised = n.name and a.bearer <> a.normalised
        and a.retracted_at is null and a.version_id <> all(%(without)s::uuid[])
    union
    select a.normalised from aliases a
    where a.workspace_id = %(workspace_id)s and a.bearer = n.name and a.bearer <> a.normalised
        and a.retracted_at is null and a.version_id <> all(%(without)s::uuid[])
    union
    select a.normalised from aliases a
    where a.workspace_id = %(workspace_id)s and digits_of(a.normalised) = digits_of(n.name)
        and n.name ~ '[0-9]' and length(digits_of(n.name)) > 2 and a.normalised ~ '[0-9]'
        and a.normalised <> n.name
        and a.retracted_at is null and a.version_id <> all(%(without)s::uuid[])
) o

-- name: callings_of
-- What current meetings say of these names (indexes aliases_by_name, aliases_explained, aliases_explaining).
-- Where meetings only use a name, alike, and explain nothing about it, `once` gives the first of them for all.
with around as (
    select unnest(%(names)s::text[]) as name
), explaining as (
    select a.version_id, around.name from around
    join aliases a on a.workspace_id = %(workspace_id)s and a.normalised = around.name
    where a.normalised <> a.bearer and a.retracted_at is null
    union
    select a.version_id, around.name from around
    join aliases a on a.workspace_id = %(workspace_id)s and a.bearer = around.name
    where a.normalised <> a.bearer and a.retracted_at is null
), said as (
    select a.name, a.normalised, a.bearer, a.source, m.id as mention_id, m.name as mention,
        m.normalised as mentioned, m.type,
        l.id as link_id, l.entity_id, l.decided_by, l.score, v.date, v.meeting_id, v.id as version_id,
        e.version_id is not null or a.normalised <> a.bearer or a.name <> m.name as explains
    from around
    join aliases a on a.workspace_id = %(workspace_id)s and a.normalised = around.name
        and a.retracted_at is null and a.version_id <> all(%(without)s::uuid[])
    join mentions m on m.workspace_id = a.workspace_id and m.version_id = a.version_id
        and m.normalised in (a.bearer, a.normalised)
    join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.entity_id = a.entity_id
        and l.retracted_at is null
    join meeting_versions v on v.workspace_id = a.workspace_id and v.id = a.version_id
    left join explaining e on e.version_id = a.version_id and e.name = a.normalised
), counted as (
    select said.*, row_number() over (
        partition by explains, name, normalised, bearer, source, mention, mentioned, type, entity_id, decided_by
        order by date, meeting_id
    ) as place
    from said
)
select * from counted where explains or place = 1 or not %(once)s

-- name: names_of_meetings
select unnest(array[a.normalised, a.bearer]) as name from meeting_versions v
join aliases a on a.workspace_id = v.workspace_id and a.version_id = v.id
where v.workspace_id = %(workspace_id)s and v.meeting_id = any(%(meetings)s::uuid[])

-- name: entities_like
-- For every name the current entities that it may be: spelled alike, sounding alike, an acronym or what it
-- stands for, or a code whose number it ends in. Each known name is read once however many meetings use it, by
-- leaps through aliases_by_name; then all are compared at once, hashed by their trigrams: as similarity() and
-- %% do, without a plan that rests on how many rows the planner believes in. A name of a workspace without
-- statistics was compared with every use of every name.
with recursive known as (
    (select normalised, entity_id from aliases
    where workspace_id = %(workspace_id)s and retracted_at is null
    order by normalised, entity_id
    limit 1)
    union all
    select next.normalised, next.entity_id from known
    cross join lateral (
        select normalised, entity_id from aliases
        where workspace_id = %(workspace_id)s and retracted_at is null
            and (normalised, entity_id) > (known.normalised, known.entity_id)
        order by normalised, entity_id
        limit 1
    ) next
), current as materialized (
    select normalised, entity_id from known
    where cardinality(%(without)s::uuid[]) = 0 or exists (
        select from aliases a
        where a.workspace_id = %(workspace_id)s and a.retracted_at is null and a.normalised = known.normalised
            and a.entity_id = known.entity_id and a.version_id <> all(%(without)s::uuid[])
    )
), called as materialized (
    select row_number() over () as place, normalised, sound_of(normalised) as sound,
        initials_of(normalised) as initials, show_trgm(normalised) as parts
    from (select distinct normalised from current) c
), asked as materialized (
    select place, name, sound_of(name) as sound, initials_of(name) as initials, show_trgm(name) as parts
    from unnest(%(names)s::text[]) with ordinality n (name, place)
), shared as materialized (
    select a.place as asked, c.place as called, count(*) as parts
    from (select place, unnest(parts) as part from asked) a
    join (select place, unnest(parts) as part from called) c using (part)
    group by a.place, c.place
), spelled as (
    select a.name, c.normalised, s.parts::real / (cardinality(a.parts) + cardinality(c.parts) - s.parts)::real as score
    from shared s
    join asked a on a.place = s.asked
    join called c on c.place = s.called and c.normalised <> a.name
), nearest as (
    select s.name, s.normalised, e.entity_id, s.score,
        row_number() over (partition by s.name order by s.score desc, e.entity_id, s.normalised) as place
    from spelled s
    join current e using (normalised)
    where s.score >= %(spelling)s
), alike as materialized (
    select name, normalised, entity_id, score from nearest where place <= 10
    union all
    select a.name, c.normalised, e.entity_id, %(sound)s
    from asked a
    join called c on c.sound = a.sound and greatest(length(a.name), length(c.normalised)) <= %(word)s
        and levenshtein(left(c.normalised, %(word)s), left(a.name, %(word)s)) * 2 <= length(a.name)
    join current e using (normalised)
    where length(a.sound) > 2
    union all
    select a.name, c.normalised, e.entity_id, %(initials)s
    from asked a
    join called c on c.initials = a.name
    join current e using (normalised)
    where length(a.name) > 2 and a.name !~ ' '
    union all
    select a.name, e.normalised, e.entity_id, %(initials)s
    from asked a
    join current e on e.normalised = a.initials
    where length(a.initials) > 2
    union all
    select a.name, c.normalised, e.entity_id, %(number)s
    from asked a
    join called c on digits_of(c.normalised) = substring(a.name from '[0-9]+$') and c.normalised ~ '[0-9]'
    join current e using (normalised)
    where a.name ~ '^[0-9 ]+ [0-9]{3,}$'
), ranked as (
    select a.name as normalised, e.id, e.type, e.name, min(a.normalised) as alias, max(a.score) as score,
        row_number() over (partition by a.name order by max(a.score) desc, e.id) as place
    from alike a
    cross join lateral (
        select id, type, name, retracted_at from entities
        where workspace_id = %(workspace_id)s and id = a.entity_id
        limit 1
    ) e
    where e.retracted_at is null
    group by a.name, e.id, e.type, e.name
)
select normalised, id, type, name, alias, score from ranked
where place <= 3
order by normalised, score desc, id

-- name: entities_existing
select id from entities where workspace_id = %(workspace_id)s and id = any(%(ids)s::uuid[])
    and retracted_at is null

-- name: series_participants
-- Everybody who took part in a meeting of the series (index meeting_versions_by_date).
select distinct unnest(participants) as name from meeting_versions
where workspace_id = %(workspace_id)s and lower(series) = lower(%(series)s) and retracted_at is null
    and id <> all(%(without)s::uuid[])
order by name

-- name: bare_named
-- Mentions of people by one of these names, with what they are linked to (index aliases_by_name).
select distinct m.id as mention_id, m.name, l.id as link_id, l.entity_id, v.series, mt.key, v.participants
from aliases a
join mentions m on m.workspace_id = a.workspace_id and m.version_id = a.version_id
    and m.normalised = a.normalised and m.type = 'person'
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
join meetings mt on mt.workspace_id = v.workspace_id and mt.id = v.meeting_id
where a.workspace_id = %(workspace_id)s and a.normalised = any(%(names)s) and a.retracted_at is null
order by m.id

-- name: bare_people
-- Mentions of people by one word in the series' meetings, with what they are linked to.
select m.id as mention_id, m.name, l.id as link_id, l.entity_id from mentions m
join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
where m.workspace_id = %(workspace_id)s and lower(v.series) = lower(%(series)s) and m.retracted_at is null
    and m.type = 'person' and position(' ' in m.normalised) = 0
order by m.id
