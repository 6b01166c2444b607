-- A person called by the first name is found without reading all names of all people.
create index aliases_by_first_word on aliases (workspace_id, split_part(normalised, ' ', 1))
    where retracted_at is null;
