-- What each workspace tracks, as it was set. A workspace that nobody set one for has the default profile: its
-- first commit keeps the one it was made with, so that a later default changes nothing unseen.
create table profiles (
    workspace_id uuid not null references workspaces on delete cascade,
    version text not null,
    name text not null,
    source text not null,
    content jsonb not null,
    set_at timestamptz not null default clock_timestamp(),
    replaced_at timestamptz,
    primary key (workspace_id, set_at)
);
comment on column profiles.source is 'the file as it was given';
comment on column profiles.content is 'all that it means, the built-in part included';
-- a workspace has one profile at a time
create unique index profiles_current on profiles (workspace_id) where replaced_at is null;

-- verdicts were kept under a name that told nothing of what it stood for
update verdicts set profile_version = 'default-5768aa606665' where profile_version = 'default-1';
