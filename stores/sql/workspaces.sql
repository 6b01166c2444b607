-- name: revision
select coalesce(max(revision), 0) as revision from workspaces where id = %(workspace_id)s

-- name: knowledge_mark
-- Differs after every commit, in another database, and after a backup was restored and written to again.
select revision || ' ' || created_at::text || ' ' || xmin::text as mark
from workspaces
where id = %(workspace_id)s

-- name: workspace_born
select extract(epoch from created_at)::text as born from workspaces where id = %(workspace_id)s

-- name: lock_workspace
-- Serialises commits of one workspace; rows that only refer to it can be written meanwhile.
select revision from workspaces where id = %(workspace_id)s for no key update

-- name: hold_commits
-- Nobody commits in the workspace until this transaction ends; others may hold them too.
select id from workspaces where id = %(workspace_id)s for share

-- name: is_small
-- Whether statistics of what commits read are taken in no time.
select reltuples < 100000 as is_small from pg_class where oid = 'observations'::regclass

-- name: take_statistics
-- Without them the planner takes a new workspace for one row and joins by comparing all with all; autovacuum
-- looks but once a minute.
analyze meeting_versions, entities, mentions, links, aliases, observations, verdicts, states, transitions

-- name: take_all_statistics
analyze meeting_versions, utterances, memories, memory_mentions, entities, mentions, links, aliases,
    observations, relations

-- name: advance_workspace
update workspaces set revision = revision + 1 where id = %(workspace_id)s
