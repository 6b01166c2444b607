-- name: keep_items
-- What recheck needs of a version that is being committed degraded.
insert into version_items (workspace_id, version_id, stage, item, payload)
select workspace_id, source_id, stage, item, payload from staged_items
where workspace_id = %(workspace_id)s and source_id = %(source_id)s
    and stage in ('window', 'extraction', 'apart', 'summary')

-- name: versions_to_recheck
-- Current versions that are degraded, as they came; with `everything` also those that rules alone have read. Of
-- a meeting that a person has put right what was handed in is gone through, and then put right again.
select v.id as current_id, b.id, v.meeting_id, v.title, v.date, v.content_hash, b.result,
    (
        select count(*)
        from meeting_versions w
        where w.workspace_id = v.workspace_id and w.meeting_id = v.meeting_id
            and w.content_hash = v.content_hash
    ) as times
from meeting_versions v
join meeting_versions b on b.workspace_id = v.workspace_id and b.id = coalesce(v.base_id, v.id)
where v.workspace_id = %(workspace_id)s and v.kind = 'meeting' and v.retracted_at is null
    and (
        v.result->>'status' = 'degraded'
        or (%(everything)s and coalesce((v.result->'windows'->>'rule')::int, 1) > 0)
    )
order by v.recorded_at, v.date, v.id

-- name: kept_items
select stage, item, payload from version_items
where workspace_id = %(workspace_id)s and version_id = %(version_id)s
order by stage, item

-- name: stage_again
-- Nothing where it is staged, or has been committed, already.
insert into sources (workspace_id, id, meeting_id, key, content_hash, name, format, title, series, date,
    date_has_time, participants, warnings, utterances, rechecks)
select v.workspace_id, %(source_id)s, v.meeting_id, m.key, v.content_hash, v.name, v.format, v.title, v.series,
    v.date, v.date_has_time, v.participants,
    array(select jsonb_array_elements_text(coalesce(v.result->'source_warnings', '[]'))),
    (
        select jsonb_agg(
            jsonb_build_object('ordinal', u.ordinal, 'speaker', u.speaker, 'text', u.text,
                'start', u.start_seconds, 'end', u.end_seconds, 'channel', u.channel)
            order by u.ordinal)
        from utterances u
        where u.workspace_id = v.workspace_id and u.version_id = v.id
    ),
    v.id
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
where v.workspace_id = %(workspace_id)s and v.id = %(version_id)s
    and not exists (
        select from meeting_versions w where w.workspace_id = v.workspace_id and w.id = %(source_id)s)
on conflict do nothing

-- name: copy_vectors
-- The same words have the same vector (index memories_by_place).
update staged_items s set embedding = m.embedding
from memories m
where s.workspace_id = %(workspace_id)s and s.source_id = %(source_id)s and s.stage = 'memory'
    and s.embedding is null and m.workspace_id = s.workspace_id and m.version_id = %(version_id)s
    and m.first_utterance = (s.payload->>'first_utterance')::int and m.content = s.payload->>'content'

-- name: version_mentions
-- The names that a version uses, what they are linked to, who decided so, and by which name the entity was
-- known then (index aliases_by_version).
select m.id, m.name, m.type, l.entity_id, l.decided_by, a.bearer as alias from mentions m
cross join lateral (
    select entity_id, decided_by from links
    where workspace_id = m.workspace_id and mention_id = m.id
    order by retracted_at desc nulls first, recorded_at desc, id
    limit 1
) l
left join lateral (
    select bearer from aliases
    where workspace_id = m.workspace_id and version_id = m.version_id and normalised = m.normalised
        and source in ('llm', 'human')
    order by retracted_at desc nulls first, bearer
    limit 1
) a on true
where m.workspace_id = %(workspace_id)s and m.version_id = %(version_id)s

-- name: fallback_verdicts
select pair_id from verdicts
where workspace_id = %(workspace_id)s and profile_version = %(profile_version)s and decided_by = 'fallback'
    and retracted_at is null

-- name: entities_compared_by_wording
-- Entities with a field on whose values a fallback has decided; their pairs tell which of them it was.
select distinct l.entity_id from verdicts v
join observations o on o.workspace_id = v.workspace_id and o.field = v.field and o.retracted_at is null
join links l on l.workspace_id = o.workspace_id and l.mention_id = o.mention_id and l.retracted_at is null
where v.workspace_id = %(workspace_id)s and v.profile_version = %(profile_version)s
    and v.decided_by = 'fallback' and v.retracted_at is null

-- name: retract_fallbacks
update verdicts set retracted_at = now()
where workspace_id = %(workspace_id)s and profile_version = %(profile_version)s and decided_by = 'fallback'
    and pair_id = any(%(pairs)s::uuid[]) and retracted_at is null

-- name: states_of
select e.name as entity, s.entity_id, s.field, s.key, s.value from states s
join entities e on e.workspace_id = s.workspace_id and e.id = s.entity_id
where s.workspace_id = %(workspace_id)s and s.entity_id = any(%(entities)s::uuid[])

-- name: degraded_results
select v.id, v.meeting_id, v.result from meeting_versions v
where v.workspace_id = %(workspace_id)s and v.retracted_at is null and v.result->>'status' = 'degraded'
