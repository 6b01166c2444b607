-- name: import_versions
-- What is current of one imported file, or of all (index meeting_versions_by_date).
select v.id, v.meeting_id, m.key, v.content_hash, v.name, v.format, v.date, v.recorded_at,
    v.result->>'by' as by,
    (
        select count(*)
        from utterances u
        where u.workspace_id = v.workspace_id and u.version_id = v.id
    ) as lines
from meeting_versions v
join meetings m on m.workspace_id = v.workspace_id and m.id = v.meeting_id
where v.workspace_id = %(workspace_id)s and v.kind = 'import' and v.retracted_at is null
    and (%(name)s::text is null or v.name = %(name)s)
order by v.name, v.date, v.format

-- name: names_imported
-- All names in current imports (indexes meeting_versions_by_date, aliases_by_version).
select distinct a.name from meeting_versions v
join aliases a on a.workspace_id = v.workspace_id and a.version_id = v.id and a.retracted_at is null
where v.workspace_id = %(workspace_id)s and v.kind = 'import' and v.retracted_at is null
order by a.name

-- name: times_written
-- How often this content has been a version of this key.
select count(*) as times from meeting_versions
where workspace_id = %(workspace_id)s and meeting_id = %(meeting_id)s and content_hash = %(content_hash)s

-- name: insert_version
insert into meeting_versions (workspace_id, id, meeting_id, content_hash, name, format, title, series, date,
    date_has_time, participants, words, result, kind)
values (%(workspace_id)s, %(id)s, %(meeting_id)s, %(content_hash)s, %(name)s, %(format)s, %(title)s,
    %(series)s, %(date)s, %(date_has_time)s, '{}', 0, %(result)s, %(kind)s)

-- name: insert_utterance
insert into utterances (workspace_id, version_id, ordinal, speaker, channel, text)
values (%(workspace_id)s, %(version_id)s, %(ordinal)s, %(speaker)s, 'chat', %(text)s)

-- name: insert_fact
insert into memories (workspace_id, id, version_id, kind, content, context, quote, speaker, first_utterance,
    last_utterance, made_by, embedding)
values (%(workspace_id)s, %(id)s, %(version_id)s, 'fact', %(content)s, %(context)s, %(quote)s, %(speaker)s,
    %(utterance)s, %(utterance)s, 'human', %(embedding)s)
