-- name: versions
-- The current version of a meeting and the one that it was handed in as.
select id, coalesce(base_id, id) as base_id from meeting_versions
where workspace_id = %(workspace_id)s and meeting_id = %(meeting_id)s and retracted_at is null

-- name: times_copied
select count(*) as times from meeting_versions where workspace_id = %(workspace_id)s and base_id = %(base_id)s

-- name: copy_version
-- With what the current version says of its ingestion, which recheck may have settled since.
insert into meeting_versions (workspace_id, id, meeting_id, content_hash, name, format, title, series, date,
    date_has_time, participants, words, result, kind, base_id)
select b.workspace_id, %(id)s, b.meeting_id, b.content_hash, b.name, b.format, b.title, b.series, %(date)s,
    %(date_has_time)s, %(participants)s, b.words, v.result, b.kind, b.id
from meeting_versions b
join meeting_versions v on v.workspace_id = b.workspace_id and v.id = %(current_id)s
where b.workspace_id = %(workspace_id)s and b.id = %(base_id)s

-- name: copy_utterances
insert into utterances (workspace_id, version_id, ordinal, speaker, start_seconds, end_seconds, channel, text)
select workspace_id, %(id)s, ordinal, speaker, start_seconds, end_seconds, channel, text
from utterances
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: copy_memories
insert into memories (workspace_id, id, version_id, kind, content, context, quote, speaker, first_utterance,
    last_utterance, owner, due, due_date, rationale, supersedes, made_by, embedding)
select workspace_id, copied_id(id, %(id)s), %(id)s, kind, content, context, quote, speaker, first_utterance,
    last_utterance, owner, due, due_date, rationale, supersedes, made_by, embedding
from memories
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: copy_mentions
insert into mentions (workspace_id, id, version_id, name, normalised, type, utterances)
select workspace_id, copied_id(id, %(id)s), %(id)s, name, normalised, type, utterances
from mentions
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: copy_links
-- As they were last; they are bound again by the caller.
insert into links (workspace_id, id, mention_id, entity_id, decided_by, score)
select distinct on (m.id) m.workspace_id, copied_id(l.id, %(id)s), copied_id(m.id, %(id)s), l.entity_id, l.decided_by,
    l.score
from mentions m
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id
where m.workspace_id = %(workspace_id)s and m.version_id = %(base_id)s
order by m.id, l.retracted_at desc nulls first, l.recorded_at desc, l.id

-- name: copy_aliases
-- Of each name what bears it now: the mention whose other name it is, else the mention that it is itself.
insert into aliases (workspace_id, entity_id, normalised, name, source, bearer, version_id)
select distinct a.workspace_id, l.entity_id, a.normalised, a.name, a.source, a.bearer, %(id)s::uuid
from (
    select distinct on (normalised, bearer) workspace_id, normalised, name, source, bearer
    from aliases
    where workspace_id = %(workspace_id)s and version_id = %(base_id)s
    order by normalised, bearer, name, source
) a
join lateral (
    select m.id from mentions m
    where m.workspace_id = a.workspace_id and m.version_id = %(id)s and m.normalised in (a.bearer, a.normalised)
    order by m.normalised = a.bearer desc, m.id
    limit 1
) m on true
join links l on l.workspace_id = a.workspace_id and l.mention_id = m.id and l.retracted_at is null
on conflict do nothing

-- name: copy_memory_mentions
insert into memory_mentions (workspace_id, memory_id, mention_id)
select mm.workspace_id, copied_id(mm.memory_id, %(id)s), copied_id(mm.mention_id, %(id)s)
from mentions m
join memory_mentions mm on mm.workspace_id = m.workspace_id and mm.mention_id = m.id
where m.workspace_id = %(workspace_id)s and m.version_id = %(base_id)s

-- name: copy_observations
insert into observations (workspace_id, id, version_id, mention_id, field, key, op, value, normalised,
    value_mention_id, stance, utterance, sequence, at, speaker, quote, made_by)
select workspace_id, copied_id(id, %(id)s), %(id)s, copied_id(mention_id, %(id)s), field, key, op, value,
    normalised, copied_id(value_mention_id, %(id)s), stance, utterance, sequence,
    at + (%(date)s::timestamptz - %(base_date)s::timestamptz), speaker, quote, made_by
from observations
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: copy_relations
insert into relations (workspace_id, id, version_id, source_mention_id, target_mention_id, type, ended, utterance,
    at, speaker, quote, made_by)
select workspace_id, copied_id(id, %(id)s), %(id)s, copied_id(source_mention_id, %(id)s),
    copied_id(target_mention_id, %(id)s), type, ended, utterance,
    at + (%(date)s::timestamptz - %(base_date)s::timestamptz), speaker, quote, made_by
from relations
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: copy_summary
insert into summaries (workspace_id, version_id, summary, topics, made_by)
select workspace_id, %(id)s, summary, topics, made_by
from summaries
where workspace_id = %(workspace_id)s and version_id = %(base_id)s

-- name: values_of
-- The values that a version says, to be read anew on another day.
select id, field, value, normalised, value_mention_id from observations
where workspace_id = %(workspace_id)s and version_id = %(id)s and value is not null

-- name: statements_of
-- What was drawn from the words of a version, beside the words themselves.
select id, context, owner, due, first_utterance from memories
where workspace_id = %(workspace_id)s and version_id = %(id)s and kind <> 'discussion'

-- name: set_statement
update memories set context = %(context)s, due_date = %(due_date)s
where workspace_id = %(workspace_id)s and id = %(id)s
    and (context <> %(context)s or due_date is distinct from %(due_date)s::date)

-- name: set_discussion
update memories set context = %(context)s
where workspace_id = %(workspace_id)s and version_id = %(id)s and kind = 'discussion'
    and first_utterance = %(first_utterance)s and content = %(content)s and context <> %(context)s

-- name: set_speaker
update utterances set speaker = %(speaker)s
where workspace_id = %(workspace_id)s and version_id = %(id)s and ordinal = %(ordinal)s

-- name: set_speaker_of_memories
-- What somebody promised is of whoever spoke, and is worded with the name: "Speaker 1 will send the notes".
update memories
set speaker = %(speaker)s, owner = case when owner = %(was)s then %(speaker)s else owner end,
    content = case when owner = %(was)s and starts_with(content, %(was)s || ' ')
            and strpos(lower(quote), lower(%(was)s)) = 0
        then overlay(content placing %(speaker)s from 1 for length(%(was)s)) else content end
where workspace_id = %(workspace_id)s and version_id = %(id)s and first_utterance = %(ordinal)s
    and speaker is not distinct from %(was)s

-- name: unlink_speaker
-- What was drawn from a turn is not about who did not speak it, unless the words name them.
delete from memory_mentions mm
using memories m
where m.workspace_id = %(workspace_id)s and m.version_id = %(id)s and m.first_utterance = %(ordinal)s
    and m.kind <> 'discussion' and strpos(lower(m.quote), lower(%(was)s)) = 0
    and mm.workspace_id = m.workspace_id and mm.memory_id = m.id and mm.mention_id = %(was_id)s

-- name: person_named
select id, utterances from mentions
where workspace_id = %(workspace_id)s and version_id = %(id)s and type = 'person' and normalised = %(normalised)s

-- name: set_utterances
update mentions set utterances = %(utterances)s where workspace_id = %(workspace_id)s and id = %(mention_id)s

-- name: set_speaker_of_observations
-- "I" is the speaker: a person who is meant, and not named, by the words.
update observations
set speaker = %(speaker)s,
    value = case when value = %(was)s and strpos(lower(quote), lower(%(was)s)) = 0
        then %(speaker)s else value end,
    value_mention_id = case when value = %(was)s and strpos(lower(quote), lower(%(was)s)) = 0
        then coalesce(%(mention_id)s::uuid, value_mention_id) else value_mention_id end
where workspace_id = %(workspace_id)s and version_id = %(id)s and utterance = %(ordinal)s
    and speaker is not distinct from %(was)s

-- name: set_speaker_of_relations
update relations
set speaker = %(speaker)s,
    source_mention_id = case when source_mention_id = %(was_id)s::uuid
        and strpos(lower(quote), lower(%(was)s)) = 0 then %(mention_id)s::uuid else source_mention_id end,
    target_mention_id = case when target_mention_id = %(was_id)s::uuid
        and strpos(lower(quote), lower(%(was)s)) = 0 then %(mention_id)s::uuid else target_mention_id end
where workspace_id = %(workspace_id)s and version_id = %(id)s and utterance = %(ordinal)s
    and speaker is not distinct from %(was)s

-- name: unlink_discussions
-- Who is in which turn has changed; the caller links them again.
delete from memory_mentions mm
using memories m
where mm.workspace_id = %(workspace_id)s and mm.mention_id = any(%(mentions)s::uuid[])
    and m.workspace_id = mm.workspace_id and m.id = mm.memory_id and m.kind = 'discussion'

-- name: delete_unnamed
-- A speaker who has no turn left, and of whom nothing was said.
delete from mentions m
where m.workspace_id = %(workspace_id)s and m.id = %(mention_id)s and m.utterances = '{}'
    and not exists (
        select from observations o
        where o.workspace_id = m.workspace_id and o.version_id = m.version_id
            and m.id in (o.mention_id, o.value_mention_id))
    and not exists (
        select from relations r
        where r.workspace_id = m.workspace_id and r.version_id = m.version_id
            and m.id in (r.source_mention_id, r.target_mention_id))

-- name: delete_unnamed_aliases
-- Names whose mention is gone.
delete from aliases a
where a.workspace_id = %(workspace_id)s and a.version_id = %(id)s
    and not exists (
        select from mentions m
        where m.workspace_id = a.workspace_id and m.version_id = a.version_id
            and m.normalised in (a.bearer, a.normalised))
