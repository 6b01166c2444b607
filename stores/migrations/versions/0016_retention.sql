-- How long each workspace keeps its meetings.
alter table workspaces add column keep_days integer check (keep_days between 1 and 36500);
comment on column workspaces.keep_days is 'meetings held longer ago are forgotten; null: none is';
