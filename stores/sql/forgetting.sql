-- name: meetings_called
-- The meetings that an id, a key or a title names, those too that are only staged; all versions of a meeting
-- bear its id.
select m.id, m.key, m.title, m.date
from (
    (select distinct on (v.meeting_id) v.meeting_id as id, n.key, v.title, v.date
    from meetings n
    join meeting_versions v on v.workspace_id = n.workspace_id and v.meeting_id = n.id
    where n.workspace_id = %(workspace_id)s
    order by v.meeting_id, v.retracted_at desc nulls first)
    union all
    (select distinct on (s.meeting_id) s.meeting_id, s.key, s.title, s.date
    from sources s
    where s.workspace_id = %(workspace_id)s
        and not exists (
            select from meetings n where n.workspace_id = s.workspace_id and n.id = s.meeting_id)
    order by s.meeting_id, s.created_at desc)
) m
where m.id::text = lower(%(name)s) or m.key = %(name)s or lower(m.title) = lower(%(name)s)
order by m.date, m.id

-- name: meetings_before
-- The meetings that were held before a day, committed or staged (index meeting_versions_by_date).
select meeting_id as id
from meeting_versions
where workspace_id = %(workspace_id)s and date < %(before)s and retracted_at is null
    and kind = 'meeting'
union
select meeting_id
from sources
where workspace_id = %(workspace_id)s and date < %(before)s

-- name: entities_called
-- The current entities that bear a name (index aliases_by_name).
select distinct e.id, e.name, e.type
from aliases a
join entities e on e.workspace_id = a.workspace_id and e.id = a.entity_id and e.retracted_at is null
where a.workspace_id = %(workspace_id)s and a.normalised = %(normalised)s and a.retracted_at is null
order by e.name, e.id

-- name: entities_in
-- The entities that any version of these meetings names.
select distinct l.entity_id
from meeting_versions v
join mentions m on m.workspace_id = v.workspace_id and m.version_id = v.id
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id
where v.workspace_id = %(workspace_id)s and v.meeting_id = any(%(meetings)s::uuid[])

-- name: told_of
-- The entities of which something was said that names one of these, such as their owner.
select distinct l.entity_id
from links valued
join observations o on o.workspace_id = valued.workspace_id and o.value_mention_id = valued.mention_id
join links l on l.workspace_id = o.workspace_id and l.mention_id = o.mention_id
where valued.workspace_id = %(workspace_id)s and valued.entity_id = any(%(entities)s::uuid[])

-- name: companions
-- Of each series that these meetings belong to a current version of another meeting.
select distinct on (lower(other.series)) other.id
from meeting_versions v
join meeting_versions other
    on other.workspace_id = v.workspace_id
    and lower(other.series) = lower(v.series)
    and other.meeting_id <> all(%(meetings)s::uuid[])
    and other.retracted_at is null
where v.workspace_id = %(workspace_id)s and v.meeting_id = any(%(meetings)s::uuid[])
order by lower(other.series), other.id

-- name: runs_of
-- The runs of these meetings, done or not, and what was staged for them: ids of threads.
select r.id
from runs r
where r.workspace_id = %(workspace_id)s
    and r.source_id in (
        select id from meeting_versions
        where workspace_id = %(workspace_id)s and meeting_id = any(%(meetings)s::uuid[])
        union
        select id from sources
        where workspace_id = %(workspace_id)s and meeting_id = any(%(meetings)s::uuid[])
    )

-- name: delete_runs
-- What they asked of models goes with them (foreign key of model_usage).
delete from runs where workspace_id = %(workspace_id)s and id = any(%(runs)s::uuid[])

-- name: delete_sources
delete from sources where workspace_id = %(workspace_id)s and meeting_id = any(%(meetings)s::uuid[])

-- name: delete_meetings
-- Versions, utterances, memories, mentions and all that hangs on them go with them (foreign keys).
delete from meetings where workspace_id = %(workspace_id)s and id = any(%(meetings)s::uuid[])

-- name: delete_mentions
-- What was said of these entities, and what names them, goes with their mentions (foreign keys).
delete from mentions m
using links l
where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
    and m.workspace_id = l.workspace_id and m.id = l.mention_id

-- name: delete_entities
delete from entities where workspace_id = %(workspace_id)s and id = any(%(entities)s::uuid[])

-- name: delete_unnamed
-- Entities that no meeting names any more, not even one that was replaced.
delete from entities e
where e.workspace_id = %(workspace_id)s and e.id = any(%(entities)s::uuid[])
    and not exists (
        select from links l where l.workspace_id = e.workspace_id and l.entity_id = e.id
    )

-- name: delete_unsaid_verdicts
-- Verdicts on words that nobody says any more.
delete from verdicts d
where d.workspace_id = %(workspace_id)s
    and exists (
        select from unnest(array[d.before_value, d.after_value]) as said (value)
        where said.value is not null
            and not exists (
                select from observations o
                where o.workspace_id = d.workspace_id and o.field = d.field and o.value = said.value
            )
    )

-- name: delete_uncounted_words
delete from lexeme_counts where workspace_id = %(workspace_id)s and memories <= 0

-- name: words_of
-- The current and former versions in which people speak, with the names under which they do; to decide something
-- by hand is not to speak.
with called as materialized (
    select distinct v.meeting_id, lower(m.name) as name
    from links l
    join mentions m on m.workspace_id = l.workspace_id and m.id = l.mention_id
    join meeting_versions v on v.workspace_id = m.workspace_id and v.id = m.version_id
    where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
)
select u.version_id, array_agg(distinct u.name) as names
from names_of_turns(%(workspace_id)s::uuid) u
join meeting_versions v on v.workspace_id = %(workspace_id)s and v.id = u.version_id
where u.name = any(%(names)s) or (v.meeting_id, u.name) in (select meeting_id, name from called)
group by u.version_id

-- name: staged_words_of
-- What is staged in which somebody speaks under one of these names.
select s.title
from sources s
where s.workspace_id = %(workspace_id)s
    and exists (
        select from jsonb_array_elements(s.utterances) u where lower(u->>'speaker') = any(%(names)s))
order by s.title, s.id

-- name: version
-- One version with what was said, as it was handed in.
select v.id, v.meeting_id, m.key, v.content_hash, v.name, v.format, v.title, v.series, v.date,
    v.date_has_time, v.participants,
    (
        select jsonb_agg(
            jsonb_build_object(
                'ordinal', u.ordinal, 'speaker', u.speaker, 'text', u.text, 'start', u.start_seconds,
                'end', u.end_seconds, 'channel', u.channel
            ) order by u.ordinal
        )
        from utterances u
        where u.workspace_id = v.workspace_id and u.version_id = v.id
    ) as utterances
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
where v.workspace_id = %(workspace_id)s and v.id = %(id)s

-- name: delete_spoken_memories
-- Memories that hold words of these speakers.
delete from memories m
using names_of_turns(%(workspace_id)s::uuid) u
where u.version_id = %(id)s and u.name = any(%(names)s)
    and m.workspace_id = %(workspace_id)s and m.version_id = u.version_id
    and u.ordinal between m.first_utterance and m.last_utterance

-- name: delete_spoken_observations
delete from observations o
using names_of_turns(%(workspace_id)s::uuid) u
where u.version_id = %(id)s and u.name = any(%(names)s)
    and o.workspace_id = %(workspace_id)s and o.version_id = u.version_id and o.utterance = u.ordinal

-- name: delete_spoken_relations
delete from relations r
using names_of_turns(%(workspace_id)s::uuid) u
where u.version_id = %(id)s and u.name = any(%(names)s)
    and r.workspace_id = %(workspace_id)s and r.version_id = u.version_id and r.utterance = u.ordinal

-- name: delete_readings
-- What recheck would need of a degraded version holds the words of all; it reads the version anew.
delete from version_items where workspace_id = %(workspace_id)s and version_id = %(id)s

-- name: blank_summary
-- Nobody can tell whose words went into a summary.
update summaries set summary = null, topics = '{}' where workspace_id = %(workspace_id)s and version_id = %(id)s

-- name: mentions_unsaid
-- Names that stand only in turns without words, and on which nothing rests; who takes part is not named, but there.
select m.id, m.normalised
from mentions m
where m.workspace_id = %(workspace_id)s and m.version_id = %(id)s
    and not exists (
        select from utterances u
        where u.workspace_id = m.workspace_id and u.version_id = m.version_id and u.ordinal = any(m.utterances)
            and u.text <> '')
    and not exists (
        select from aliases a
        where a.workspace_id = m.workspace_id and a.version_id = m.version_id
            and a.normalised = m.normalised and a.source = 'participant')
    and not exists (
        select from observations o
        where o.workspace_id = m.workspace_id and o.version_id = m.version_id
            and m.id in (o.mention_id, o.value_mention_id))
    and not exists (
        select from relations r
        where r.workspace_id = m.workspace_id and r.version_id = m.version_id
            and m.id in (r.source_mention_id, r.target_mention_id))

-- name: other_names
select distinct normalised
from aliases
where workspace_id = %(workspace_id)s and version_id = %(id)s and normalised <> bearer and source <> 'participant'

-- name: delete_mentions_unsaid
delete from mentions where workspace_id = %(workspace_id)s and id = any(%(mentions)s::uuid[])

-- name: delete_names
delete from aliases
where workspace_id = %(workspace_id)s and version_id = %(id)s and source <> 'participant'
    and (normalised = any(%(names)s) or bearer = any(%(names)s))

-- name: unplace_names
-- What is named stands no more in turns without words, unless nobody else has named it.
update mentions m set utterances = placed.ordinals
from (
    select n.id, array_agg(u.ordinal order by u.ordinal) as ordinals
    from mentions n
    join utterances u on u.workspace_id = n.workspace_id and u.version_id = n.version_id
        and u.ordinal = any(n.utterances) and u.text <> ''
    where n.workspace_id = %(workspace_id)s and n.version_id = %(id)s
        and not exists (
            select from aliases a
            where a.workspace_id = n.workspace_id and a.version_id = n.version_id
                and a.normalised = n.normalised and a.source = 'participant')
    group by n.id
) placed
where m.workspace_id = %(workspace_id)s and m.id = placed.id and m.utterances <> placed.ordinals

-- name: delete_readings_of
delete from version_items i
using mentions m, links l
where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
    and m.workspace_id = l.workspace_id and m.id = l.mention_id
    and i.workspace_id = m.workspace_id and i.version_id = m.version_id

-- name: blank_summaries_of
update summaries s set summary = null, topics = '{}'
from mentions m, links l
where l.workspace_id = %(workspace_id)s and l.entity_id = any(%(entities)s::uuid[])
    and m.workspace_id = l.workspace_id and m.id = l.mention_id
    and s.workspace_id = m.workspace_id and s.version_id = m.version_id

-- name: blank_utterances
-- The turns stay, without words: the places of what others said must not move.
update utterances t set text = ''
from names_of_turns(%(workspace_id)s::uuid) u
where u.version_id = %(id)s and u.name = any(%(names)s)
    and t.workspace_id = %(workspace_id)s and t.version_id = u.version_id and t.ordinal = u.ordinal

-- name: delete_workspace
-- Everything in it goes with it (foreign keys).
delete from workspaces where id = %(workspace_id)s

-- name: runs_of_workspace
select id from runs where workspace_id = %(workspace_id)s

-- name: note_threads
-- What Redis holds of what was forgotten is cleared after the commit: until then it is written down here.
insert into installation (key, value)
values ('forgotten ' || gen_random_uuid(), %(value)s)

-- name: noted_threads
select key, value from installation where key like 'forgotten %%'

-- name: drop_notes
delete from installation where key = any(%(keys)s)

-- name: can_clear_statistics
select 1 as found where current_setting('server_version_num')::int >= 180000

-- name: clear_statistics
-- Of a table that is empty now they would stay. Whoever does so at the same time takes the tables in this order.
with known as materialized (
    select schemaname, tablename, attname, inherited
    from pg_stats
    where schemaname = current_schema()
    order by tablename, attname
)
select pg_clear_attribute_stats(schemaname, tablename, attname, inherited) from known

-- name: analyze
-- The tables whose columns hold what was said or is told of it.
analyze aliases, decisions, entities, lexeme_counts, meeting_versions, meetings, memories, mentions, name_pairs,
    observations, relations, runs, sources, staged_items, states, summaries, transitions, utterances, verdicts,
    version_items, workspaces

-- name: counts
-- How many rows of each kind the workspace has, whether current or retracted.
select
    (select count(*) from meetings where workspace_id = %(workspace_id)s and exists (
        select from meeting_versions v
        where v.workspace_id = meetings.workspace_id and v.meeting_id = meetings.id and v.kind = 'meeting'
    )) as meetings,
    (select count(*) from utterances where workspace_id = %(workspace_id)s and text <> '') as utterances,
    (select count(*) from memories where workspace_id = %(workspace_id)s) as memories,
    (select count(*) from entities where workspace_id = %(workspace_id)s) as entities,
    (select count(*) from mentions where workspace_id = %(workspace_id)s) as mentions,
    (select count(*) from observations where workspace_id = %(workspace_id)s) as observations,
    (select count(*) from links where workspace_id = %(workspace_id)s) as links,
    (select count(*) from aliases where workspace_id = %(workspace_id)s) as aliases,
    (select count(*) from verdicts where workspace_id = %(workspace_id)s) as verdicts,
    (select count(*) from transitions where workspace_id = %(workspace_id)s) as transitions,
    (select count(*) from relations where workspace_id = %(workspace_id)s) as relations,
    (select count(*) from decisions where workspace_id = %(workspace_id)s) as decisions,
    (select count(*) from runs where workspace_id = %(workspace_id)s) as runs,
    (select count(*) from sources where workspace_id = %(workspace_id)s) as staged
